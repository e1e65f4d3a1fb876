/** Where the messages of an iterable go. */
export interface Sink {
  /** Whether a message may be sent now; where not, `room` is called when it may be. */
  maySend(): boolean;
  send(value: unknown): void;
  /** It has no more; `value` is what it returned. */
  end(value: unknown): void;
  /** It threw, or what it gave cannot be sent. */
  failed(error: unknown): void;
}

/** Sends the messages of an iterable, asking for each only when it can be sent. */
export interface Pump {
  /** There may be room. */
  room(): void;
  /** Nothing more is wanted: the iterable is told, and nothing of it is sent or reported any more. */
  stop(): void;
}

export function createPump(messages: AsyncIterable<unknown>, sink: Sink): Pump {
  let iterator: AsyncIterator<unknown> | null = null;
  let wake: (() => void) | null = null;
  let isOver = false;

  async function run(): Promise<void> {
    try {
      iterator = messages[Symbol.asyncIterator]();
      for (;;) {
        while (!isOver && !sink.maySend()) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (isOver) return;
        const { done, value } = await iterator.next();
        if (isOver) return;
        if (done === true) {
          isOver = true;
          return sink.end(value);
        }
        sink.send(value);
      }
    } catch (error) {
      if (isOver) return;
      stop();
      sink.failed(error);
    }
  }

  function room(): void {
    wake?.();
    wake = null;
  }

  function stop(): void {
    if (isOver) return;
    isOver = true;
    room();
    leave().catch(() => {});
  }

  async function leave(): Promise<void> {
    await iterator?.return?.();
  }

  run();
  return { room, stop };
}

/**
 * What is to be sent as messages: an async iterable, a generator, or a `ReadableStream` of browsers that do not iterate over them.
 * `null` for values.
 */
export function messagesOf(value: unknown): AsyncIterable<unknown> | null {
  if (typeof value !== "object" || value === null) return null;
  if (Symbol.asyncIterator in value) return value as AsyncIterable<unknown>;
  // Lists can be iterated over, too, but are no iterators.
  if (Symbol.iterator in value && "next" in value) return readGenerator(value as Generator);
  return "getReader" in value && typeof value.getReader === "function" ? readStream(value as ReadableStream) : null;
}

async function* readGenerator(generator: Generator): AsyncGenerator<unknown, unknown> {
  return yield* generator;
}

async function* readStream(stream: ReadableStream): AsyncGenerator<unknown, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
