import { defineCommand } from "../command.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { Output } from "../output/output.ts";
import { formatAge, formatBytes } from "../output/quantity.ts";
import type { Column } from "../output/table.ts";
import type { QueueInfo } from "../queue/queue-api.ts";
import { queueArgument } from "../queue/queue-argument.ts";

export const queueLs = defineCommand({
  name: "ls",
  group: "messages",
  summary: "list the queues, and how many messages they hold",
  details: [
    "Ready messages wait for somebody who may take them, leased ones are being dealt with, delayed ones are not due yet, dead ones were tried too often, expired or were rejected. Consumers are clients that ask for messages or hold some, unless the queue is paused; OLDEST is how long ago the oldest ready message was pushed.",
  ],
  arguments: [{ name: "prefix", summary: "only queues whose names begin so", complete: "queue" }],
  examples: [
    { line: "sg queue ls", does: "all queues" },
    { line: "sg queue ls --json | jq -r '.[] | select(.dead > 0).queue'", does: "those with dead messages" },
  ],
  async run(session, [prefix = ""]) {
    const { out } = session;
    const queues = await (await session.queues()).list(prefix);
    if (out.json) out.document(queues);
    else if (queues.length === 0) out.note(`There is no queue${prefix === "" ? "" : " of such a name"}.`);
    else await printQueues(out, queues);
    return "ok";
  },
});

export const queueInfo = defineCommand({
  name: "info",
  group: "messages",
  summary: "show one queue",
  arguments: [queueArgument],
  examples: [{ line: "sg queue info jobs", does: "how jobs is doing" }],
  async run(session, [name]) {
    const { out } = session;
    const info = await (await session.queues()).info(name!);
    if (out.json) out.document(info);
    else printQueue(out, info);
    return "ok";
  },
});

const counts = ["ready", "leased", "delayed", "dead", "consumers"] as const;

function formatCount({ paint }: Output, name: (typeof counts)[number], count: number): string {
  if (count === 0) return paint("faint", "0");
  return name === "dead" ? paint("bad", `${count}`) : `${count}`;
}

/** Columns that a terminal needs for all that there is to say; a narrower one gets what matters most. */
const ampleColumns = 70;

async function printQueues(out: Output, queues: readonly QueueInfo[]): Promise<void> {
  const isNarrow = out.columns !== null && out.columns < ampleColumns;
  const shown = isNarrow ? counts.filter((name) => name !== "delayed") : counts;
  const head: readonly Column[] = [
    { title: "QUEUE" },
    ...[...shown, ...(isNarrow ? [] : ["oldest", "size"])].map((name) => ({
      title: name.toUpperCase(),
      align: "right" as const,
    })),
  ];
  const rows = queues.map((info) => [
    out.paint("name", escapeText(info.queue)),
    ...shown.map((name) =>
      // They get nothing, however many there are.
      name === "consumers" && info.paused ? out.paint("unsure", "paused") : formatCount(out, name, info[name]),
    ),
    ...(isNarrow ? [] : [formatOldest(out, info), formatBytes(info.bytes)]),
  ]);
  await out.table(head, rows);
}

function formatOldest({ paint }: Output, { oldestMs }: QueueInfo): string {
  return oldestMs === null ? paint("faint", "-") : formatAge(oldestMs);
}

function printQueue(out: Output, info: QueueInfo): void {
  const { paint } = out;
  const row = (name: string, ...texts: string[]) =>
    out.line([paint("faint", name.padEnd(10)), ...texts.filter(Boolean)].join("  "));
  row(
    "queue",
    paint("name", escapeText(info.queue)),
    info.paused ? paint("unsure", "paused: nothing is given out") : "",
  );
  const remarks: Partial<Record<(typeof counts)[number], string>> = {
    ready: info.oldestMs === null ? "" : `the oldest was pushed ${formatAge(info.oldestMs)} ago`,
    consumers: info.openRequests === 0 ? "" : `asking for ${plural(info.openRequests, "message")}`,
  };
  for (const name of counts) row(name, formatCount(out, name, info[name]), paint("faint", remarks[name] ?? ""));
  row("size", formatBytes(info.bytes));
}
