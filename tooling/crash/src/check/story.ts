import type { Begin, Delivered, Exited, Pushed } from "../history/event.ts";

/** A history as rules look at it: what belongs together, with the numbers of the lines that tell of it. */
export interface Story {
  begin: Begin;
  readonly runs: Map<number, Run>;
  readonly connections: Map<number, Connection>;
  readonly pushes: Map<number, Push>;
  /** By the server's name for it; whatever was confirmed or delivered. */
  readonly messages: Map<string, Message>;
  /** Pushes by the number of their content. */
  readonly contents: Map<number, Push[]>;
  readonly drains: { readonly left: number; readonly line: number }[];
  ended: boolean;
  /** Lines that make no sense where they stand. */
  readonly faults: Violation[];
}

/** One process of the server. */
export interface Run {
  readonly number: number;
  readonly spawnedLine: number;
  listeningLine: number | null;
  ending: { readonly by: "kill" | "stop"; readonly during: "recovery" | "load"; readonly line: number } | null;
  exited: (Exited & { readonly line: number }) | null;
  /** When the last thing was sent to it of which it said that it is stored: what was to be stored before that is as well. */
  storedUpToMs: number;
}

export interface Connection {
  readonly number: number;
  readonly client: string;
  readonly pool: string | null;
  readonly run: Run;
  readonly openedLine: number;
  /** Line of its first request by queue. */
  readonly requested: Map<string, number>;
  /** From here on the driver reads nothing of it; infinite where only its run ended it. */
  cutLine: number;
  /** From here on the server knows that it is gone. */
  goneLine: number;
  closedLine: number | null;
  /** Its answers that were settled: the lines of the answers, and when the server said that they were. */
  readonly settled: { readonly line: number; readonly ts: number }[];
}

export interface Push extends Pushed {
  readonly line: number;
  readonly from: Connection;
  outcome:
    | { readonly ok: true; readonly message: string; readonly line: number; readonly ts: number }
    | { readonly ok: false; readonly code: string; readonly line: number }
    | null;
}

export interface Message {
  readonly id: string;
  /** Pushes that were confirmed with this id. */
  readonly confirmed: Push[];
  /** As they happened: by run, then by attempt. */
  deliveries: Delivery[];
  dead: { readonly cause: string; readonly attempt: number; readonly line: number } | null;
}

export interface Delivery extends Delivered {
  readonly line: number;
  readonly to: Connection;
  /** What its receiver said of it. */
  readonly answers: Answer[];
}

/** An acknowledgement or a refusal of a delivery. */
export interface Answer {
  readonly kind: "ack" | "nack";
  readonly line: number;
  readonly atMs: number;
  readonly nonce: string | null;
  readonly delayMs: number | null;
  readonly dead: boolean;
  settled: { readonly line: number; readonly ts: number } | null;
  denied: { readonly line: number; readonly code: string } | null;
}

/** A rule that was broken, and the lines that show it. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
  readonly lines: readonly number[];
}

/** Checks one thing. */
export type Rule = (story: Story) => Iterable<Violation>;

/**
 * When at the latest an answer was on disk: when it was settled, or one that was sent after it on the same connection.
 * Infinite where it may never have been.
 */
export function storedMs(answer: Answer, { settled }: Connection): number {
  if (answer.denied !== null) return Number.POSITIVE_INFINITY;
  if (answer.settled !== null) return answer.settled.ts;
  return settled.reduce(
    (least, { line, ts }) => (line > answer.line && ts < least ? ts : least),
    Number.POSITIVE_INFINITY,
  );
}

/** Whether an answer ends its message for good. */
export function isFinal({ kind, dead }: Answer): boolean {
  return kind === "ack" || dead;
}

/** The lines that tell of a message: its pushes, deliveries, and the answers to them. */
export function linesOf({ confirmed, deliveries, dead }: Message): readonly number[] {
  const lines = new Set<number>();
  for (const { line, outcome } of confirmed) lines.add(line).add(outcome!.line);
  for (const { line, answers } of deliveries) {
    lines.add(line);
    for (const answer of answers) {
      lines.add(answer.line);
      if (answer.settled !== null) lines.add(answer.settled.line);
      if (answer.denied !== null) lines.add(answer.denied.line);
    }
  }
  if (dead !== null) lines.add(dead.line);
  return [...lines].sort((a, b) => a - b);
}
