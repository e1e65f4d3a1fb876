import { Op } from "@singyeong/protocol";
import type { WireCodec } from "../codec/wire-codec.ts";
import type { Platform } from "../platform/platform.ts";
import type { Query } from "../query/query.ts";
import type { Exchange, Outgoing } from "./exchange.ts";
import type { Message, Receipt, SendOptions } from "./message.ts";
import { aborted, quiet, refused } from "./quiet.ts";

/** Turns calls into frames and answers into promises. None of its promises is ever an unhandled rejection. */
export interface Messenger {
  send(event: Message["event"], target: Query, payload: unknown, options?: SendOptions): Promise<Receipt>;
  /**
   * Posts a frame; `read` makes the result of its answer, `null` where it was written and nothing answers. `hand` is how the exchange gets it.
   * @throws what the server refuses it with; `client/…`
   */
  post<T>(
    frame: object,
    how: How,
    options: PostOptions,
    read: (answer: object | null) => T,
    hand?: (item: Outgoing) => void,
  ): Promise<T>;
  /** A nonce that was not used before. */
  nextNonce(): string;
}

interface PostOptions {
  /** `null` for the usual times. */
  readonly timeoutMs?: number | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an item waits for. */
type How = Pick<Outgoing, "awaits" | "nonce" | "repeatable" | "needs" | "only">;

export function createMessenger(platform: Platform, codec: WireCodec, exchange: Exchange): Messenger {
  const token = platform.token();
  let count = 0;
  const nextNonce = (): string => `${token}-${(count++).toString(36)}`;

  /** No payload is a payload of null, as a return value would be; what is undefined is left out. */
  function send(t: string, target: Query, payload: unknown, options: SendOptions = {}): Promise<Receipt> {
    const receipt = options.receipt !== false;
    const nonce = options.nonce ?? (receipt ? nextNonce() : null);
    const d = { target, nonce, payload: payload ?? null, headers: options.headers, receipt: receipt || undefined };
    const how = { awaits: receipt ? "receipt" : "write", nonce, repeatable: false } as const;
    return post({ op: Op.dispatch, t, d }, how, options, readReceipt);
  }

  function post<T>(
    frame: object,
    how: How,
    { timeoutMs = null, signal }: PostOptions,
    read: (answer: object | null) => T,
    hand = exchange.post,
  ): Promise<T> {
    if (signal?.aborted) return refused(aborted(signal));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const abort = (): void => exchange.withdraw(item, aborted(signal!));
    const settled = (): void => signal?.removeEventListener("abort", abort);
    const endMs = Number.POSITIVE_INFINITY;
    let item: Outgoing;
    try {
      item = {
        ...how,
        data: codec.encode(frame),
        timeoutMs,
        endMs,
        deadlineMs: endMs,
        link: null,
        settle(answer) {
          settled();
          resolve(read(answer));
        },
        fail(error) {
          settled();
          reject(error);
        },
      };
    } catch (error) {
      return refused(error);
    }
    signal?.addEventListener("abort", abort, { once: true });
    hand(item);
    return quiet(promise);
  }

  return {
    post,
    nextNonce,
    send,
  };
}

function readReceipt(answer: object | null): Receipt {
  const { count } = (answer ?? {}) as { count?: unknown };
  return { count: typeof count === "number" ? count : null };
}
