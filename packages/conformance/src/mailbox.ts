/** What has arrived and was not taken yet, in order; who asks before something arrives waits for it. */
export interface Mailbox<T> {
  put(item: T): void;
  /** No more items come: those who wait, now or later, get `error`. */
  close(error: () => Error): void;
  take(): Promise<T>;
  /** Items that nobody took. */
  readonly size: number;
}

interface Waiter<T> {
  resolve(item: T): void;
  reject(error: Error): void;
}

export function createMailbox<T>(): Mailbox<T> {
  const items: T[] = [];
  const waiters: Waiter<T>[] = [];
  let closed: (() => Error) | null = null;
  return {
    put(item) {
      const waiter = waiters.shift();
      if (waiter === undefined) items.push(item);
      else waiter.resolve(item);
    },
    close(error) {
      closed ??= error;
      for (const waiter of waiters.splice(0)) waiter.reject(error());
    },
    take() {
      if (items.length > 0) return Promise.resolve(items.shift()!);
      if (closed !== null) return Promise.reject(closed());
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    },
    get size() {
      return items.length;
    },
  };
}
