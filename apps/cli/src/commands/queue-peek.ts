import { type Command, defineCommand } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { misuse } from "../failure.ts";
import { choice, count } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { type MessageState, messageStates } from "../queue/queue-api.ts";
import { queueArgument } from "../queue/queue-argument.ts";
import type { Session } from "../session.ts";

/** Most messages that are asked for at once, and so held in memory. */
const pageSize = 100;

const limit = count(20, [1, 1_000_000], "how many messages to show", { short: "n" });

export const queuePeek: Command = defineCommand({
  name: "peek",
  group: "messages",
  summary: "look at messages without taking them",
  details: [
    "In the order in which they would be given out. With an ID one message is shown in full, whatever its state. Looking counts as no attempt and holds nothing up.",
  ],
  arguments: [queueArgument, { name: "id", summary: "one message" }],
  options: { state: choice(messageStates, undefined, "messages in this state; default ready"), limit },
  examples: [
    { line: "sg queue peek jobs", does: "what is next" },
    { line: "sg queue peek jobs --state leased", does: "what is being dealt with, and by whom" },
    { line: "sg queue peek jobs 0000000001q", does: "one message in full" },
  ],
  async run(session, [name, id], { state, limit }) {
    if (id === undefined) return showMessages(session, name!, state ?? "ready", limit);
    if (state !== undefined) throw misuse("an ID is one message, so --state cannot stand beside it");
    const message = await (await session.queues()).message(name!, id);
    if (session.out.json) session.out.record(message);
    else (await import("../queue/show-messages.ts")).printMessage(session.out, message);
    return "ok";
  },
});

export const queueDead: Command = defineCommand({
  name: "dead",
  group: "messages",
  summary: "look at messages that are dead, and why they are",
  details: [
    "The cause is attempts where a message came back after its last permitted one, expired where its time to live was over, rejected where a consumer said that it will never do, unreadable where the store has lost its content. They are kept until you sg queue redrive or sg queue purge them.",
  ],
  arguments: [queueArgument],
  options: { limit },
  examples: [
    { line: "sg queue dead jobs", does: "those that died first" },
    { line: "sg queue dead jobs -n 1000000 --json > dead.ndjson", does: "all of them, a line each" },
  ],
  run: (session, [name], { limit }) => showMessages(session, name!, "dead", limit),
});

/** Shows messages page by page, so that those of a long list are never all in memory. */
async function showMessages(session: Session, queue: string, state: MessageState, limit: number): Promise<Outcome> {
  const { out } = session;
  const [api, { printMessages }] = await Promise.all([session.queues(), import("../queue/show-messages.ts")]);
  let shown = 0;
  let after: string | null = null;
  do {
    const page = await api.messages(queue, { state, limit: Math.min(pageSize, limit - shown), after });
    if (out.json) for (const message of page.messages) out.record(message);
    else if (page.messages.length > 0) await printMessages(out, state, page.messages, Date.now());
    await out.ready();
    shown += page.messages.length;
    after = page.next;
  } while (after !== null && shown < limit);
  if (shown === 0) out.note(`No message of ${escapeText(queue)} is ${state}.`);
  if (after !== null) out.note(out.paintNote("faint", "There are more: --limit shows them."));
  return "ok";
}
