import { createQueue } from "./queue.ts";

/** A bounded queue that is written by calls and read with `for await`. */
export interface Channel<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  /** Adds a value; false where it took the place of the oldest, which is gone. */
  push(value: T): boolean;
  /** Ends it: what waits is still read. */
  close(): void;
  /** Whether values wait, or its reader has not come back for more since it got the last. */
  readonly busy: boolean;
  /** Calls back once it is no longer busy. */
  whenIdle(run: () => void): void;
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
  let taken = false;
  let idle: (() => void)[] = [];

  function rest(): void {
    taken = false;
    const callbacks = idle;
    idle = [];
    for (const run of callbacks) run();
  }

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
      taken = true;
      read({ done: false, value });
      return true;
    },
    close,
    get busy() {
      return taken || values.size > 0;
    },
    whenIdle(run) {
      if (channel.busy) idle.push(run);
      else run();
    },
    next() {
      if (values.size > 0) {
        taken = true;
        return Promise.resolve({ done: false, value: values.shift() });
      }
      rest();
      if (!open) return Promise.resolve(end);
      return new Promise((resolve) => readers.push(resolve));
    },
    return() {
      values.clear();
      rest();
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
