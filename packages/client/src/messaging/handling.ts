import { createQueue } from "../channel/queue.ts";

/** Calls a handler with one value after the other: the next waits while a promise that it returned is pending. */
export interface Handling<T> {
  /** False where an older value was dropped for this one. */
  take(value: T): boolean;
  /** Whether a handler is at work, or values wait for it. */
  readonly busy: boolean;
  /** Calls back once it is no longer busy. */
  whenIdle(run: () => void): void;
}

/** `failed` is told what the handler throws; it goes on with the next value. */
export function createHandling<T>(
  handler: (value: T) => unknown,
  capacity: number,
  failed: (cause: unknown) => void,
): Handling<T> {
  const values = createQueue<T>(capacity);
  let busy = false;
  let idle: (() => void)[] = [];

  /** Handles a value; a promise where that takes its time. */
  function handle(value: T): Promise<void> | null {
    try {
      const result = handler(value);
      return isThenable(result) ? Promise.resolve(result).then(() => {}, failed) : null;
    } catch (cause) {
      failed(cause);
      return null;
    }
  }

  async function work(first: Promise<void>): Promise<void> {
    busy = true;
    await first;
    while (values.size > 0) await handle(values.shift());
    busy = false;
    const callbacks = idle;
    idle = [];
    for (const run of callbacks) run();
  }

  return {
    take(value) {
      if (busy) return values.push(value);
      const pending = handle(value);
      if (pending !== null) void work(pending);
      return true;
    },
    get busy() {
      return busy;
    },
    whenIdle(run) {
      if (busy) idle.push(run);
      else run();
    },
  };
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === "function";
}
