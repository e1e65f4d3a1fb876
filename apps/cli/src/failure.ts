import type { Outcome } from "./exit-codes.ts";

export interface FailureOptions {
  /** What the user can do about it: a sentence, or a few. */
  readonly advice?: string | undefined;
  /** Whatever a program may want to know beside the message. */
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** Something that ends a command, told to the user as it is. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly outcome: Outcome;
  /** Stable and machine-readable: `cli/…` for what `sg` found itself, else the server's or the client's. */
  readonly code: string;
  readonly advice: string | undefined;
  readonly details: unknown;

  constructor(outcome: Outcome, code: string, message: string, { advice, details, cause }: FailureOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    this.code = code;
    this.advice = advice;
    this.details = details;
  }
}

/** The user asked for what makes no sense. */
export function misuse(message: string, advice?: string): Failure {
  return new Failure("misuse", "cli/misuse", message, { advice });
}
