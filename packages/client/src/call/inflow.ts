import { createQueue } from "../channel/queue.ts";
import { quiet } from "../messaging/quiet.ts";
import { weigh } from "./payload-bytes.ts";

/** Messages that came and wait for their reader; as many as there was credit for. */
export interface Inflow extends AsyncIterableIterator<unknown, undefined> {
  push(payload: unknown): void;
  /** Nothing more comes; what waits is still read. */
  end(): void;
  /** Nothing more comes, for this reason: the reader is told once it has read what waits. */
  fail(error: unknown): void;
  /** Takes everything that waits, unread. */
  drain(): void;
  return(): Promise<IteratorResult<unknown, undefined>>;
}

export interface InflowParts {
  /** What the reader gets of a payload; what it throws ends the reading. */
  read(payload: unknown): unknown;
  /** `count` messages were taken; `soon` where more should be let come now. */
  taken(count: number, soon: boolean): void;
  /** The reader waits for more. */
  starved(): void;
  /** The reader wants no more, because of an `error` where there is one. */
  left(error: unknown): void;
}

const end = { done: true, value: undefined } as const;

/** `hastyBytes` is how much may be taken before more has to be let come, as far as sizes are known. */
export function createInflow(parts: InflowParts, hastyBytes: number): Inflow {
  const waiting = createQueue<unknown>(Number.POSITIVE_INFINITY);
  let readers: PromiseWithResolvers<IteratorResult<unknown, undefined>>[] = [];
  let isOpen = true;
  let failure: { readonly error: unknown } | null = null;
  let weight = 0;

  function take(payload: unknown, waits: boolean): IteratorResult<unknown, undefined> {
    weight += weigh(payload);
    const soon = weight >= hastyBytes;
    if (soon) weight = 0;
    parts.taken(1, soon);
    if (waits && !soon) parts.starved();
    return { done: false, value: parts.read(payload) };
  }

  /** The reader is told of what it could not read, and leaves. */
  function attempt(payload: unknown, waits: boolean): Promise<IteratorResult<unknown, undefined>> {
    try {
      return Promise.resolve(take(payload, waits));
    } catch (error) {
      close();
      parts.left(error);
      return quiet(Promise.reject(error));
    }
  }

  function close(): void {
    isOpen = false;
    waiting.clear();
    dismiss();
  }

  function dismiss(): void {
    const dismissed = readers;
    readers = [];
    for (const { resolve } of dismissed) resolve(last());
  }

  /** What is read where nothing more comes. */
  function last(): Promise<IteratorResult<unknown, undefined>> {
    if (failure === null) return Promise.resolve(end);
    const { error } = failure;
    failure = null;
    return quiet(Promise.reject(error));
  }

  const inflow: Inflow = {
    push(payload) {
      if (!isOpen) return;
      const reader = readers.shift();
      if (reader === undefined) waiting.push(payload);
      else reader.resolve(attempt(payload, readers.length > 0));
    },
    end() {
      isOpen = false;
      if (waiting.size === 0) dismiss();
    },
    fail(error) {
      if (!isOpen) return;
      failure = { error };
      inflow.end();
    },
    drain() {
      const count = waiting.size;
      waiting.clear();
      if (count > 0) parts.taken(count, true);
    },
    next() {
      if (waiting.size > 0) return attempt(waiting.shift(), false);
      if (!isOpen) return last();
      parts.starved();
      const reader = Promise.withResolvers<IteratorResult<unknown, undefined>>();
      readers.push(reader);
      return reader.promise;
    },
    return() {
      const wasOpen = isOpen || waiting.size > 0;
      close();
      if (wasOpen) parts.left(undefined);
      return Promise.resolve(end);
    },
    [Symbol.asyncIterator]: () => inflow,
  };
  return inflow;
}
