import { SingyeongError } from "../errors.ts";
import type { CancelTimer, Platform } from "../platform/platform.ts";
import type { Link } from "../session/link.ts";
import { createDeadlines, type Timed } from "./deadlines.ts";

/** A frame on its way out, and whoever waits for what comes of it. */
export interface Outgoing extends Timed {
  readonly data: string | Uint8Array<ArrayBuffer>;
  /**
   * What settles it: having been written; the server's receipt, or having been written where the server gives none; an
   * answer.
   */
  readonly awaits: "write" | "receipt" | "answer";
  /** The answer, or the refusal, comes with this nonce; `null` where nothing does. */
  readonly nonce: string | null;
  /** The extension without which a server does not know the frame: it then fails with `client/unsupported`. */
  readonly needs?: string | undefined;
  /** The connection for whose sake alone it is sent: it goes out on no other one, and fails with `client/connection-lost` where that is gone. */
  readonly only?: Link | null | undefined;
  /** True for what does no harm when it is sent a second time: it survives the loss of one connection. */
  repeatable: boolean;
  /** How long all of it may take, in milliseconds; `null` for the outbox's time, and then the usual one for an answer. */
  readonly timeoutMs: number | null;
  /** When all of it has to be over, on the platform's clock; infinite where nobody said. */
  endMs: number;
  /** The connection it was written to. */
  link: Link | null;
  /** `null` where it was written and nothing answers. */
  settle(answer: object | null): void;
  fail(error: SingyeongError): void;
}

export interface OutboxBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** How long a message waits for a connection at most, in milliseconds. */
  readonly maxAgeMs: number;
  readonly whenFull: "reject" | "drop-oldest";
}

/** Sends frames, keeps those that cannot leave yet, and brings answers to those who wait. */
export interface Exchange {
  post(item: Outgoing): void;
  /** Takes an item back: it fails with `error`, and is not sent if it was not yet. */
  withdraw(item: Outgoing, error: SingyeongError): void;
  /** As `post`, past everything that waits; only while a connection stands. */
  push(item: Outgoing): void;
  /** A receipt came; false where nobody waits for it. */
  receipt(nonce: string, receipt: object): boolean;
  /** An answer came; false where nobody waits for it. */
  answer(nonce: string, answer: object): boolean;
  /** The server refused what was sent with this nonce; false where nobody waits. */
  refuse(nonce: string, error: SingyeongError): boolean;
  /** Whether an answer with this nonce is awaited. */
  awaits(nonce: string): boolean;
  /** A connection stands: what waited is sent. */
  flush(): void;
  /** A connection is gone, with the answers it owed. */
  lost(link: Link, error: SingyeongError): void;
  /** Fails whatever is left, and whatever is posted from now on. */
  close(error: SingyeongError): void;
  /** Calls back once nothing waits and every answer has come. */
  whenIdle(run: () => void): void;
}

/** How long an answer may take once its frame is written, in milliseconds, unless the caller says otherwise. */
const usualAnswerMs = 10_000;

/** Bytes in a socket past which frames wait here, where they are counted, and how often the socket is then looked at. */
const highWaterBytes = 1024 * 1024;
const pollMs = 5;

/** `link` gives the connection to send on, `null` while there is none; `dropped` is told of each message given up. */
export function createExchange(
  platform: Platform,
  bounds: OutboxBounds,
  link: () => Link | null,
  dropped: () => void,
): Exchange {
  const waiting = createDeadlines<Outgoing>(platform, (item) => {
    bytes -= item.data.length;
    item.fail(new SingyeongError("client/timeout", "not sent in time"));
    settled();
  });
  /** What awaits an answer, by `keyOf`. */
  const flying = new Map<string, Outgoing>();
  const deadlines = createDeadlines<Outgoing>(platform, (item) => {
    if (item.timeoutMs === null && usualEndMs(item.link!) > item.deadlineMs) {
      item.deadlineMs = Math.min(usualEndMs(item.link!), platform.elapsedMs() + usualAnswerMs);
      return deadlines.add(item);
    }
    flying.delete(keyOf(item));
    item.fail(new SingyeongError("client/timeout", "no answer in time"));
    settled();
  });
  let bytes = 0;
  let cancelPoll: CancelTimer | null = null;
  let idle: (() => void) | null = null;
  let over: SingyeongError | null = null;

  /** The usual time for answers does not pass while a connection is broken that may be resumed. */
  const usualEndMs = ({ standsSinceMs }: Link): number => standsSinceMs + usualAnswerMs;

  function settled(): void {
    if (idle === null || waiting.size > 0 || deadlines.size > 0) return;
    const run = idle;
    idle = null;
    run();
  }

  function write(item: Outgoing, to: Link): void {
    const { awaits, nonce, needs, data } = item;
    if (nonce !== null && flying.has(keyOf(item))) {
      return item.fail(new SingyeongError("client/invalid-value", `the nonce "${nonce}" is under way already`));
    }
    if (item.only && item.only !== to) return item.fail(connectionLost());
    const { maxFrameBytes, caps } = to.admission!;
    if (needs !== undefined && !caps.has(needs)) {
      return item.fail(new SingyeongError("client/unsupported", `the server has no ${needs}`));
    }
    if (sizeOf(data, maxFrameBytes) > maxFrameBytes) {
      return item.fail(tooLarge(maxFrameBytes));
    }
    to.write(data);
    if (awaits === "write" || (awaits === "receipt" && !caps.has("receipt"))) return item.settle(null);
    item.link = to;
    item.deadlineMs = item.timeoutMs === null ? platform.elapsedMs() + usualAnswerMs : item.endMs;
    flying.set(keyOf(item), item);
    deadlines.add(item);
  }

  function keep(item: Outgoing): void {
    const { length } = item.data;
    if (length > bounds.maxBytes) return item.fail(tooLarge(bounds.maxBytes));
    const isFull = (): boolean => waiting.size >= bounds.maxMessages || bytes + length > bounds.maxBytes;
    if (isFull() && bounds.whenFull === "drop-oldest") {
      for (const oldest of waiting) {
        if (!isFull()) break;
        forget(oldest);
        oldest.fail(full());
        dropped();
      }
    }
    if (isFull()) return item.fail(full());
    bytes += length;
    item.deadlineMs = Math.min(item.endMs, platform.elapsedMs() + bounds.maxAgeMs);
    waiting.add(item);
  }

  const full = (): SingyeongError =>
    new SingyeongError("client/outbox-full", `${waiting.size} messages of ${bytes} bytes wait already`);

  function forget(item: Outgoing): void {
    waiting.delete(item);
    bytes -= item.data.length;
  }

  function flush(): void {
    cancelPoll?.();
    cancelPoll = null;
    const to = link();
    if (to === null) return settled();
    for (const item of waiting) {
      if (to.bufferedBytes >= highWaterBytes) break;
      forget(item);
      write(item, to);
    }
    if (waiting.size > 0) cancelPoll = platform.after(pollMs, flush);
    else settled();
  }

  /** Takes an item out of wherever it is. */
  function take(item: Outgoing): Outgoing {
    if (item.link === null) forget(item);
    else {
      flying.delete(keyOf(item));
      deadlines.delete(item);
    }
    return item;
  }

  function settle(item: Outgoing | undefined, tell: (item: Outgoing) => void): boolean {
    if (item === undefined) return false;
    tell(take(item));
    settled();
    return true;
  }

  return {
    post(item) {
      if (over !== null) return item.fail(over);
      if (item.timeoutMs !== null) item.endMs = platform.elapsedMs() + item.timeoutMs;
      const to = link();
      if (to !== null && waiting.size === 0 && to.bufferedBytes < highWaterBytes) return write(item, to);
      keep(item);
      if (to !== null && cancelPoll === null) cancelPoll = platform.after(pollMs, flush);
    },
    push: (item) => write(item, link()!),
    withdraw(item, error) {
      settle(item, () => item.fail(error));
    },
    receipt: (nonce, receipt) => settle(flying.get(`r${nonce}`), (item) => item.settle(receipt)),
    answer: (nonce, answer) => settle(flying.get(`a${nonce}`), (item) => item.settle(answer)),
    refuse: (nonce, error) => settle(flying.get(`r${nonce}`) ?? flying.get(`a${nonce}`), (item) => item.fail(error)),
    awaits: (nonce) => flying.has(`a${nonce}`),
    flush,
    lost(link, error) {
      const lossOf = (message?: string): SingyeongError =>
        error.code === "client/closed" ? error : connectionLost(message);
      for (const item of [...waiting]) if (item.only === link) take(item).fail(lossOf());
      for (const item of [...deadlines]) {
        if (item.link !== link) continue;
        take(item).link = null;
        if (item.repeatable) {
          item.repeatable = false;
          keep(item);
        } else item.fail(lossOf("the message may have arrived, or not"));
      }
      flush();
    },
    close(error) {
      over = error;
      cancelPoll?.();
      for (const item of [...waiting, ...deadlines]) take(item).fail(error);
      settled();
    },
    whenIdle(run) {
      idle = run;
      settled();
    },
  };
}

/** A client may answer itself: then one nonce awaits an answer and a receipt. */
function keyOf({ awaits, nonce }: Outgoing): string {
  return awaits[0]! + nonce;
}

function connectionLost(message = "the connection it was for is gone"): SingyeongError {
  return new SingyeongError("client/connection-lost", message);
}

function tooLarge(maxBytes: number): SingyeongError {
  return new SingyeongError("client/invalid-value", `larger than ${maxBytes} bytes`);
}

/** Bytes of a frame, counted only where its length leaves any doubt that they are few enough. */
function sizeOf(data: Outgoing["data"], maxBytes: number): number {
  return typeof data === "string" && data.length * 3 > maxBytes ? new TextEncoder().encode(data).length : data.length;
}
