import { Op } from "@singyeong/protocol";
import type { WireCodec } from "../codec/wire-codec.ts";
import type { SingyeongError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import type { Query } from "../query/query.ts";
import type { Exchange, Outgoing } from "./exchange.ts";
import type { Message, Receipt, SendOptions } from "./message.ts";
import { aborted, quiet, refused } from "./quiet.ts";
import { formatReplyAddress, inboxKey, type ReplyAddress, requestHeader } from "./reply-address.ts";

/** Turns calls into frames and answers into promises. None of its promises is ever an unhandled rejection. */
export interface Messenger {
  send(event: Message["event"], target: Query, payload: unknown, options?: SendOptions): Promise<Receipt>;
  /** `inbox` is where the answer finds us. */
  request(target: Query, payload: unknown, inbox: ReplyAddress, options?: SendOptions): Promise<Message>;
  reply(to: ReplyAddress, nonce: string, payload: unknown, options?: SendOptions): Promise<Receipt>;
  /** `d` of the answer to QUERY_NODES. */
  queryNodes(query: Query, options?: Pick<SendOptions, "timeoutMs" | "signal">): Promise<{ readonly nodes?: unknown }>;
  /** An UPDATE_METADATA on the connection that stands. */
  updateMetadata(changes: object, answered: (error: SingyeongError | null) => void): void;
}

/** What an item waits for. */
type How = Pick<Outgoing, "awaits" | "nonce" | "repeatable">;

export function createMessenger(platform: Platform, codec: WireCodec, exchange: Exchange): Messenger {
  const token = platform.token();
  let count = 0;
  const nextNonce = (): string => `${token}-${(count++).toString(36)}`;

  function send(event: string, target: Query, payload: unknown, options: SendOptions = {}): Promise<Receipt> {
    const receipt = options.receipt !== false;
    const nonce = options.nonce ?? (receipt ? nextNonce() : null);
    const frame = formatMessage(event, { target, nonce, payload }, options.headers, receipt);
    return post(frame, { awaits: receipt ? "receipt" : "write", nonce, repeatable: false }, options, readReceipt);
  }

  /** @throws `client/invalid-value` for what cannot be sent */
  function createItem(
    frame: object,
    how: How,
    timeoutMs: number | null,
    settle: Outgoing["settle"],
    fail: Outgoing["fail"],
  ) {
    const endMs = Number.POSITIVE_INFINITY;
    return { ...how, data: codec.encode(frame), timeoutMs, endMs, deadlineMs: endMs, link: null, settle, fail };
  }

  /** Posts a frame; `read` makes the result of its answer, `null` where it was written and nothing answers. */
  function post<T>(
    frame: object,
    how: How,
    { timeoutMs, signal }: Pick<SendOptions, "timeoutMs" | "signal">,
    read: (answer: object | null) => T,
  ): Promise<T> {
    if (signal?.aborted) return refused(aborted(signal));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const abort = (): void => exchange.withdraw(item, aborted(signal!));
    const settled = (): void => signal?.removeEventListener("abort", abort);
    let item: Outgoing;
    try {
      item = createItem(
        frame,
        how,
        timeoutMs ?? null,
        (answer) => {
          settled();
          resolve(read(answer));
        },
        (error) => {
          settled();
          reject(error);
        },
      );
    } catch (error) {
      return refused(error);
    }
    signal?.addEventListener("abort", abort, { once: true });
    exchange.post(item);
    return quiet(promise);
  }

  return {
    send,
    request(target, payload, inbox, options = {}) {
      const nonce = formatReplyAddress(inbox, count++);
      const headers = { ...options.headers, [requestHeader]: "true" };
      const frame = formatMessage("SEND", { target, nonce, payload }, headers, false);
      return post(frame, { awaits: "answer", nonce, repeatable: false }, options, (answer) => answer as Message);
    },
    reply(to, nonce, payload, options) {
      const ops = [{ path: `/${inboxKey}`, op: "$eq" as const, to: { value: to.inbox } }];
      return send("SEND", { application: to.app, ops }, payload, { ...options, nonce });
    },
    queryNodes(query, options = {}) {
      const nonce = nextNonce();
      const frame = { op: Op.dispatch, t: "QUERY_NODES", d: query, nonce };
      return post(frame, { awaits: "answer", nonce, repeatable: true }, options, (answer) => answer ?? {});
    },
    updateMetadata(changes, answered) {
      const nonce = nextNonce();
      const frame = { op: Op.dispatch, t: "UPDATE_METADATA", d: changes, nonce };
      const how = { awaits: "receipt", nonce, repeatable: false } as const;
      try {
        exchange.push(createItem(frame, how, null, () => answered(null), answered));
      } catch (error) {
        answered(error as SingyeongError);
      }
    },
  };
}

/** No payload is a payload of null, as a return value would be. */
function formatMessage(
  t: string,
  {
    target,
    nonce,
    payload = null,
  }: { readonly target: Query; readonly nonce: string | null; readonly payload: unknown },
  headers: SendOptions["headers"],
  receipt: boolean,
): object {
  const parts = { target, nonce, payload };
  const d = { ...parts, ...(headers !== undefined && { headers }), ...(receipt && { receipt }) };
  return { op: Op.dispatch, t, d };
}

function readReceipt(answer: object | null): Receipt {
  const { count } = (answer ?? {}) as { count?: unknown };
  return { count: typeof count === "number" ? count : null };
}
