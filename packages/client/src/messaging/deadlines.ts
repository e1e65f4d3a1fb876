import type { CancelTimer, Platform } from "../platform/platform.ts";

/** Something that must be over by a time. */
export interface Timed {
  /** On the platform's clock; infinite for never. */
  deadlineMs: number;
}

/** Watches many deadlines with one timer, for a timer each is what a message in flight would cost most. */
export interface Deadlines<T extends Timed> {
  add(item: T): void;
  delete(item: T): void;
  readonly size: number;
  [Symbol.iterator](): Iterator<T>;
}

/** `expired` is called for each item past its deadline, which is out by then. */
export function createDeadlines<T extends Timed>(platform: Platform, expired: (item: T) => void): Deadlines<T> {
  const items = new Set<T>();
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel: CancelTimer = () => {};

  function arm(deadlineMs: number): void {
    if (deadlineMs >= dueMs) return;
    cancel();
    dueMs = deadlineMs;
    cancel = platform.after(deadlineMs - platform.elapsedMs(), look);
  }

  /** By now most of those that armed the timer are gone; whoever is left says when to look again. */
  function look(): void {
    dueMs = Number.POSITIVE_INFINITY;
    const nowMs = platform.elapsedMs();
    for (const item of items) {
      if (item.deadlineMs > nowMs) arm(item.deadlineMs);
      else {
        items.delete(item);
        expired(item);
      }
    }
  }

  return {
    add(item) {
      items.add(item);
      arm(item.deadlineMs);
    },
    delete(item) {
      if (!items.delete(item) || items.size > 0) return;
      cancel();
      dueMs = Number.POSITIVE_INFINITY;
    },
    get size() {
      return items.size;
    },
    [Symbol.iterator]: () => items.values(),
  };
}
