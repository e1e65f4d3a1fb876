import { defineCommand } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { misuse } from "../failure.ts";
import { flag } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import { queueArgument } from "../queue/queue-argument.ts";
import type { Session } from "../session.ts";

export const queueAck = defineCommand({
  name: "ack",
  group: "messages",
  summary: "remove messages as if they had been dealt with, whoever holds them",
  arguments: [queueArgument, { name: "id", summary: "messages", required: true, variadic: true }],
  examples: [{ line: "sg queue ack jobs 0000000001q 0000000001r", does: "these two need no doing any more" }],
  async run(session, [name, ...given]) {
    const ids = [...new Set(given)];
    return tell(session, await (await session.queues()).ack(name!, ids), "removed", ids.length);
  },
});

export const queueRedrive = defineCommand({
  name: "redrive",
  group: "messages",
  summary: "give dead messages another life, their attempts counting anew",
  arguments: [queueArgument, { name: "id", summary: "messages that are dead", variadic: true }],
  options: { all: flag("every dead message of the queue") },
  examples: [
    { line: "sg queue redrive jobs --all", does: "after the consumer was mended" },
    { line: "sg queue redrive jobs 0000000001q", does: "one of them" },
  ],
  async run(session, [name, ...given], { all }) {
    const ids = [...new Set(given)];
    if (all === ids.length > 0)
      throw misuse("give the IDs of dead messages, or --all", "sg queue dead NAME shows which there are.");
    const api = await session.queues();
    return tell(session, await api.redrive(name!, all ? null : ids), "ready again", all ? null : ids.length);
  },
});

/** Tells how many messages were changed; it is no success where some of those that were named are not there. */
function tell({ out }: Session, count: number, how: string, asked: number | null): Outcome {
  const missing = asked === null ? 0 : asked - count;
  if (out.json) out.document({ count });
  else out.line(`${missing === 0 ? out.paint("good", "✓ ") : ""}${plural(count, "message")} ${how}`);
  if (missing > 0) out.note(out.paintNote("unsure", `${missing} of ${asked} were not there to be changed.`));
  return missing > 0 ? "noMatch" : "ok";
}

export const queuePause = createPause(true, "stop giving messages out", {
  details: [
    "Messages go on coming in, and what is leased stays with those who hold it. A pause outlasts a restart of the server. The queue is made where there is none.",
  ],
  does: "while its consumers are mended, say",
});

export const queueResume = createPause(false, "give messages out again", { does: "go on" });

function createPause(
  paused: boolean,
  summary: string,
  { details = [], does }: { readonly details?: readonly string[]; readonly does: string },
) {
  const name = paused ? "pause" : "resume";
  return defineCommand({
    name,
    group: "messages",
    summary,
    details,
    arguments: [queueArgument],
    examples: [{ line: `sg queue ${name} jobs`, does }],
    async run(session, [queue]) {
      const { out } = session;
      const info = await (await session.queues()).pause(queue!, paused);
      if (out.json) out.document(info);
      else out.line(`${escapeText(queue!)} ${paused ? "is paused" : "gives messages out again"}: ${info.ready} ready.`);
      return "ok";
    },
  });
}

export const queueBackup = defineCommand({
  name: "backup",
  group: "messages",
  summary: "copy all queues to a folder beside them, while they are in use",
  details: [
    "Prints where on the server's machine the copy lies. It is a folder that a server can be started with: sg serve --data-dir FOLDER.",
  ],
  arguments: [{ name: "name", summary: "letters, digits, dots, _ and -; default one made of the time" }],
  examples: [{ line: "sg queue backup before-upgrade", does: "a copy of that name" }],
  async run(session, [name]) {
    const { out } = session;
    const { formatBytes } = await import("../output/quantity.ts");
    const { path, bytes } = await (await session.queues()).backup(name ?? null);
    if (out.json) out.document({ path, bytes });
    else {
      out.line(escapeText(path));
      out.note(out.paintNote("faint", formatBytes(bytes)));
    }
    return "ok";
  },
});
