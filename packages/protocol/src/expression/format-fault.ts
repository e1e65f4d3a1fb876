import type { ExpressionFault } from "./fault.ts";

/** Columns shown before and behind the place of the fault. */
const BEFORE = 50;
const BEHIND = 26;

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;
const COMBINING = /\p{M}/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/**
 * A fault for people to read: its message, the line of the expression, cut to fit a terminal, and a caret under the
 * place. Whatever a terminal could take for a command is shown as `·`.
 */
export function formatExpressionError(text: string, { at, message }: Omit<ExpressionFault, "ok">): string {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const lineBreak = text.indexOf("\n", at);
  const lineEnd = lineBreak < 0 ? text.length : lineBreak;
  const start = Math.max(lineStart, at - BEFORE);
  const end = Math.min(lineEnd, at + BEHIND);
  const before = `${start > lineStart ? "…" : ""}${printable(text.slice(start, at))}`;
  const behind = `${printable(text.slice(at, end))}${end < lineEnd ? "…" : ""}`;
  return `${message}\n  ${before}${behind}\n  ${" ".repeat(countColumns(before))}^`;
}

function printable(text: string): string {
  return text.replaceAll("\t", " ").replace(UNPRINTABLE, "·");
}

function countColumns(text: string): number {
  const combining = text.match(COMBINING)?.length ?? 0;
  const wide = text.match(WIDE)?.length ?? 0;
  return [...text].length - combining + wide;
}
