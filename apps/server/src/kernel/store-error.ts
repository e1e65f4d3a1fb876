import type { StoreFault } from "../ports/queue-store.ts";

/** What a queue store rejects with; `message` says what to do about it. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}
