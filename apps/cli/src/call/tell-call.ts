import type { CallContext } from "@singyeong/client";
import { formatDuration } from "../options/duration.ts";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import { plural } from "../output/nodes.ts";
import { formatTime } from "../output/time.ts";
import type { Session } from "../session.ts";

/** How a call went. */
export interface CallEnd {
  /** Messages that were answered. */
  readonly messages: number;
  readonly ms: number;
  /** Of what it failed with; `null` where it did not. */
  readonly code: string | null;
}

/** Tells on standard error of a call that is over: whose it was, and how it went. */
export function tellCall(
  { out, system }: Session,
  { method, from }: CallContext,
  { messages, ms, code }: CallEnd,
): void {
  if (out.json) return void system.stderr.write(`${formatJson({ call: { method, from, messages, ms, code } })}\n`);
  const paint = out.paintNote;
  const line = [
    paint("faint", formatTime(Date.now())),
    paint("name", escapeText(method)),
    escapeText(`${from.app} ${from.id}`),
    plural(messages, "message"),
    formatDuration(ms),
    ...(code === null ? [] : [paint("unsure", escapeText(code))]),
  ];
  out.note(line.join("  "));
}
