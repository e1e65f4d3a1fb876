import { createQueue } from "./queue.ts";

/** A bounded queue that is written by calls and read with `for await`. */
export interface Channel<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  /** Adds a value; false where it took the place of the oldest, which is gone. */
  push(value: T): boolean;
  /** Ends it: what waits is still read. */
  close(): void;
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): Channel<T>;
}

const end = { done: true, value: undefined } as const;

/**
 * Makes a channel of at most `capacity` waiting values. `ended` is called once, when it was closed or nobody reads it
 * any more.
 */
export function createChannel<T>(capacity: number, ended: () => void = () => {}): Channel<T> {
  const values = createQueue<T>(capacity);
  const readers: ((result: IteratorResult<T, undefined>) => void)[] = [];
  let open = true;

  function close(): void {
    if (!open) return;
    open = false;
    for (const read of readers.splice(0)) read(end);
    ended();
  }

  const channel: Channel<T> = {
    push(value) {
      if (!open) return true;
      const read = readers.shift();
      if (read === undefined) return values.push(value);
      read({ done: false, value });
      return true;
    },
    close,
    next() {
      if (values.size > 0) return Promise.resolve({ done: false, value: values.shift() });
      if (!open) return Promise.resolve(end);
      return new Promise((resolve) => readers.push(resolve));
    },
    return() {
      values.clear();
      close();
      return Promise.resolve(end);
    },
    [Symbol.asyncIterator]: () => channel,
    async [Symbol.asyncDispose]() {
      await channel.return();
    },
  };
  return channel;
}
