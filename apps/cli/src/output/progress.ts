import type { Sink } from "../system.ts";
import { columnsOf } from "./columns.ts";

/** A line on a terminal that tells how far something is, and goes when it is done. */
export interface Progress {
  /** Shows the text in the place of what was shown; at most ten times a second, so what comes faster is left out. */
  show(text: () => string): void;
  /** Takes the line away, before other lines are written. */
  clear(): void;
}

const everyMs = 100;

/** Shows progress where standard error is a terminal, else nothing. `now` is a clock in milliseconds. */
export function createProgress(sink: Sink, enabled: boolean, now: () => number = () => performance.now()): Progress {
  if (!enabled || sink.isTTY !== true) return { show() {}, clear() {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  let visible = false;
  return {
    show(text) {
      if (now() - shownAt < everyMs) return;
      shownAt = now();
      visible = true;
      sink.write(`\r\u001b[K${text().slice(0, columnsOf(sink) - 1)}`);
    },
    clear() {
      if (!visible) return;
      visible = false;
      shownAt = Number.NEGATIVE_INFINITY;
      sink.write("\r\u001b[K");
    },
  };
}

/** `━━━━━━──────` of the width given. */
export function formatBar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "━".repeat(full) + "─".repeat(width - full);
}
