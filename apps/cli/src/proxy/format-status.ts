import type { Paint } from "../output/colour.ts";
import { escapeLines } from "../output/escape.ts";

/** The line that an answer begins with. */
export function formatStatus({ status, statusText, ok }: Response, paint: Paint): string {
  return paint(ok ? "good" : "bad", `HTTP ${status} ${escapeLines(statusText)}`.trimEnd());
}
