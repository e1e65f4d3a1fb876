import type { Outcome } from "../exit-codes.ts";

/** What one check found. */
export interface Finding {
  readonly status: "ok" | "warn" | "fail" | "skipped";
  /** A few words: `3 ms`, `not accepted`. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
  /** Of a failure: what it means for the exit code. */
  readonly outcome?: Outcome;
}

/** A step of `sg doctor`. What comes after a failed `essential` one is skipped. */
export interface Check {
  readonly name: string;
  readonly essential?: boolean;
  run(): Promise<Finding>;
}

export const ok = (message: string): Finding => ({ status: "ok", message });
export const warn = (message: string, advice?: string): Finding => ({ status: "warn", message, advice });
export const fail = (outcome: Outcome, message: string, advice?: string): Finding => ({
  status: "fail",
  outcome,
  message,
  advice,
});

/** A check and what it found. */
export interface Result extends Finding {
  readonly name: string;
}

/** Runs checks in their order, telling each result as it is there. */
export async function* runChecks(checks: readonly Check[]): AsyncGenerator<Result, void> {
  let broken = false;
  for (const { name, essential, run } of checks) {
    if (broken) {
      yield { name, status: "skipped", message: "needs what failed above" };
      continue;
    }
    const finding = await run();
    broken = finding.status === "fail" && essential === true;
    yield { name, ...finding };
  }
}
