/** Promises that wait for one of the things that happen. */
export interface Waiters<T> {
  /** Resolves with the first thing from now on that matches. Rejects with the signal's reason, with that of `close`, or with what `matches` throws. */
  wait(matches: (item: T) => boolean, signal: AbortSignal | undefined): Promise<T>;
  /** Gives an item to the one that has waited for such a thing longest; `false` where nobody does. */
  giveToOne(item: T): boolean;
  /** Gives an item to all that wait for such a thing. */
  giveToAll(item: T): void;
  /** All that wait now or later are refused. */
  close(reason: Error): void;
}

interface Waiter<T> {
  readonly matches: (item: T) => boolean;
  readonly resolve: (item: T) => void;
  readonly reject: (reason: unknown) => void;
}

export function createWaiters<T>(): Waiters<T> {
  const waiting = new Set<Waiter<T>>();
  let closed: Error | null = null;

  /** Whoever asks a question that throws gets to know; what happens goes on without it. */
  function give(waiter: Waiter<T>, item: T): boolean {
    try {
      if (!waiter.matches(item)) return false;
    } catch (error) {
      waiter.reject(error);
      return false;
    }
    waiter.resolve(item);
    return true;
  }

  return {
    wait(matches, signal) {
      const promise = new Promise<T>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (closed !== null) return reject(closed);
        const abort = (): void => waiter.reject(signal?.reason);
        const leave = (): void => {
          waiting.delete(waiter);
          signal?.removeEventListener("abort", abort);
        };
        const waiter: Waiter<T> = {
          matches,
          resolve(item) {
            leave();
            resolve(item);
          },
          reject(reason) {
            leave();
            reject(reason);
          },
        };
        waiting.add(waiter);
        signal?.addEventListener("abort", abort, { once: true });
      });
      // One that nobody awaits any more fails in silence.
      promise.catch(() => {});
      return promise;
    },
    giveToOne(item) {
      for (const waiter of waiting) if (give(waiter, item)) return true;
      return false;
    },
    giveToAll(item) {
      for (const waiter of waiting) give(waiter, item);
    },
    close(reason) {
      closed ??= reason;
      for (const waiter of waiting) waiter.reject(closed);
    },
  };
}
