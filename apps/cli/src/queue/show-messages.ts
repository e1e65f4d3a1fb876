import type { Paint } from "../output/colour.ts";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { formatAge } from "../output/quantity.ts";
import type { Column } from "../output/table.ts";
import type { MessageState, QueueMessage } from "./queue-api.ts";
import { readReceiver } from "./read-receiver.ts";

/** A column of a table of messages. */
interface Shown extends Column {
  cell(message: QueueMessage, paint: Paint, nowMs: number): string;
}

const id: Shown = { title: "ID", cell: ({ id }, paint) => paint("name", escapeText(id)) };
const age: Shown = {
  title: "AGE",
  align: "right",
  cell: ({ pushedAtMs }, _paint, nowMs) => formatAge(nowMs - pushedAtMs),
};
const attempt: Shown = {
  title: "ATTEMPT",
  align: "right",
  cell: ({ attempt, maxAttempts }) => `${attempt}/${maxAttempts}`,
};
const receiver: Shown = {
  title: "FOR",
  cell({ target: kept }) {
    const { topic, target } = readReceiver(kept);
    return [topic && escapeText(topic), target].filter(Boolean).join(", ");
  },
};
const payload: Shown = { title: "PAYLOAD", cell: (message) => formatJson(message.payload) };
const holder: Shown = {
  title: "HELD BY",
  cell: ({ holder }) => (holder === null ? "" : escapeText(`${holder.app} ${holder.id}`)),
};
const cause: Shown = { title: "CAUSE", cell: ({ cause }, paint) => paint("bad", escapeText(cause ?? "")) };

/** How long until, or since, what `dueAtMs` says; it means something else in every state. */
function due(title: string, sign: 1 | -1): Shown {
  return {
    title,
    align: "right",
    cell: ({ dueAtMs }, _paint, nowMs) => (dueAtMs === null ? "" : formatAge(sign * (dueAtMs - nowMs))),
  };
}

const columns: Readonly<Record<MessageState, readonly Shown[]>> = {
  ready: [id, age, attempt, receiver, payload],
  leased: [id, age, attempt, due("ENDS IN", 1), holder, payload],
  delayed: [id, age, attempt, due("READY IN", 1), receiver, payload],
  dead: [id, cause, attempt, due("DEAD FOR", -1), payload],
};

/** A table of messages that are all in one state. */
export async function printMessages(
  out: Output,
  state: MessageState,
  messages: readonly QueueMessage[],
  nowMs: number,
): Promise<void> {
  const shown = columns[state];
  await out.table(
    shown,
    messages.map((message) => shown.map(({ cell }) => cell(message, out.paint, nowMs))),
  );
}

/** All there is to say about one message, a line each. */
export function printMessage({ line, paint }: Output, message: QueueMessage): void {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const dueName = { ready: "", leased: "lease ends", delayed: "ready at", dead: "died" }[message.state];
  const { topic, isInMemory, target } = readReceiver(message.target);
  const rows: readonly (readonly [string, string | null])[] = [
    ["id", escapeText(message.id)],
    ["queue", escapeText(message.queue)],
    ["state", message.state],
    ["cause", message.cause && escapeText(message.cause)],
    ["held by", message.holder && escapeText(`${message.holder.app} ${message.holder.id}`)],
    ["attempt", `${message.attempt} of ${message.maxAttempts}`],
    ["priority", `${message.priority}`],
    ["topic", topic && escapeText(topic)],
    ["kept", isInMemory ? "in memory alone" : null],
    ["for", target],
    ["pushed", time(message.pushedAtMs)],
    [dueName, time(message.dueAtMs)],
    ["expires", time(message.expiresAtMs)],
    ["nonce", message.nonce === null ? null : formatJson(message.nonce)],
    ...Object.entries(message.headers).map(([name, text]) => ["header", escapeText(`${name}: ${text}`)] as const),
    ["payload", formatJson(message.payload)],
  ];
  for (const [name, text] of rows) if (text !== null) line(`${paint("faint", name.padEnd(12))}${text}`);
}
