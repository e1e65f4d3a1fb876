import { exitCodes } from "../exit-codes.ts";
import type { Failure } from "../failure.ts";
import type { Session } from "../session.ts";
import type { System } from "../system.ts";
import { createPaint } from "./colour.ts";
import { escapeLines } from "./escape.ts";
import { formatJson } from "./json.ts";

/** An error for people: what happened, and below it what to do. */
export function formatFailure({ message, advice }: Failure, { stderr, env }: Pick<System, "stderr" | "env">): string {
  const paint = createPaint(stderr, env);
  const below = advice === undefined ? "" : `${paint("faint", escapeLines(advice))}\n`;
  return `${paint("bad", "sg:")} ${escapeLines(message)}\n${below}`;
}

/** An error for programs: one line. */
export function formatFailureJson(failure: Failure, place?: string): string {
  const { code, message, advice, details, outcome } = failure;
  return `${formatJson({ error: { code, message, place, advice, details, exitCode: exitCodes[outcome].code } })}\n`;
}

/** A failure among many: where, and what. */
export function formatFailureRecord(failure: Failure, place: string, { out }: Session): string {
  if (out.json) return formatFailureJson(failure, place);
  const shown = failure.message.startsWith(place) ? failure.message : `${place}: ${failure.message}`;
  return `${out.paintNote("bad", "sg:")} ${escapeLines(shown)}\n`;
}
