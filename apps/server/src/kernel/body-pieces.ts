import { createByteCollector } from "./byte-collector.ts";
import { type BlockPool, createOverflow } from "./overflow.ts";

/** A request's body between the socket it comes from and who reads it. */
export interface BodyPieces {
  /** A piece has come; it is kept, not copied. */
  put(piece: Uint8Array): void;
  /** A piece has come that is only lent; it is copied. */
  copy(piece: Uint8Array): void;
  /** That was all of it: nothing has to be held back any more. */
  complete(): void;
  /** No more of it will come: who reads it gets an error, unless all of it is here. */
  fail(): void;
  /** Nobody wants it: what is here and what comes is dropped. */
  drop(): void;
  /** Bytes that have come. */
  readonly receivedBytes: number;
  readonly isComplete: boolean;
  /** True where the peer may not send for now. */
  readonly isPaused: boolean;
  readAll(maxBytes: number): Promise<Uint8Array | null>;
  stream(): AsyncIterable<Uint8Array>;
}

/** What holds the peer back, and lets it go on. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** So much came all the same that there is no room for more: the peer has to go. */
  overrun(): void;
}

/** So much may wait for its reader before the peer is paused. */
const maxWaitingBytes = 65_536;

/** The body of a request that has none; it is made once, for most requests are such. */
export const noBody: BodyPieces = {
  put() {},
  copy() {},
  complete() {},
  fail() {},
  drop() {},
  receivedBytes: 0,
  isComplete: true,
  isPaused: false,
  readAll: () => Promise.resolve(new Uint8Array(0)),
  async *stream() {},
};

/** Makes the pieces of a body that is still to come. `pool` is for those that come while the source is paused. */
export function createBodyPieces(flow: Flow, pool: BlockPool): BodyPieces {
  /** What comes behind `waiting`, from a source that cannot be paused at once. */
  const overflow = createOverflow(pool);
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let receivedBytes = 0;
  let state: "open" | "complete" | "failed" = "open";
  let isDropped = false;
  let isPaused = false;
  let wake: (() => void) | null = null;

  function enter(next: "complete" | "failed"): void {
    if (state !== "open") return;
    state = next;
    wake?.();
  }

  function letFlow(): void {
    if (!isPaused) return;
    isPaused = false;
    if (state !== "failed") flow.resume();
  }

  function drop(): void {
    isDropped = true;
    waiting = [];
    waitingBytes = 0;
    overflow.clear();
    letFlow();
    wake?.();
  }

  /** All that waits; `null` at the end. Rejects where the peer went away before it. */
  async function take(): Promise<readonly Uint8Array[] | null> {
    while (waiting.length === 0) {
      if (!overflow.isEmpty) return [overflow.take()];
      if (state === "complete") return null;
      if (state === "failed") throw new Error("the request ended before its body was whole");
      if (isDropped) return null;
      letFlow();
      await new Promise<void>((resolve) => (wake = resolve));
      wake = null;
    }
    const taken = waiting;
    waiting = [];
    waitingBytes = 0;
    return taken;
  }

  async function readAll(maxBytes: number): Promise<Uint8Array | null> {
    const isOnePiece = waiting.length === 1 && overflow.isEmpty;
    if (state === "complete" && isOnePiece && waitingBytes <= maxBytes) return waiting.pop()!;
    const collector = createByteCollector(maxBytes);
    for (let taken = await take(); taken !== null; taken = await take()) {
      for (const piece of taken) {
        if (collector.add(piece)) continue;
        drop();
        return null;
      }
    }
    return collector.bytes();
  }

  async function* stream(): AsyncGenerator<Uint8Array> {
    try {
      for (let taken = await take(); taken !== null; taken = await take()) yield* taken;
    } finally {
      drop();
    }
  }

  function put(piece: Uint8Array): void {
    receivedBytes += piece.byteLength;
    if (isDropped || piece.byteLength === 0) return;
    waiting.push(piece);
    waitingBytes += piece.byteLength;
    if (waitingBytes >= maxWaitingBytes && !isPaused) {
      isPaused = true;
      flow.pause();
    }
    wake?.();
  }

  return {
    put,
    copy(piece) {
      if (!isPaused) return put(isDropped ? piece : piece.slice());
      receivedBytes += piece.byteLength;
      if (!isDropped && !overflow.append(piece)) flow.overrun();
    },
    complete() {
      enter("complete");
      letFlow();
    },
    fail: () => enter("failed"),
    drop,
    get receivedBytes() {
      return receivedBytes;
    },
    get isComplete() {
      return state === "complete";
    },
    get isPaused() {
      return isPaused;
    },
    readAll,
    stream,
  };
}
