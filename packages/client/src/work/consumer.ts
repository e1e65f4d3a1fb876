import type { SingyeongError } from "../errors.ts";

/** Somebody who works on what comes, over as many connections as it takes. */
export interface Consumer extends AsyncDisposable {
  /** Asks for nothing more; resolves once what is at work is finished and settled. */
  stop(): Promise<void>;
  /** Resolves when it has ended: with the reason, or `null` where it was asked for. Never rejects. */
  closed(): Promise<SingyeongError | null>;
}
