import type { Frame } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import { fieldsOf } from "../session/answers.ts";
import type { Message, Receipt, SendOptions } from "./message.ts";
import { refused } from "./quiet.ts";
import { parseReplyAddress, type ReplyAddress, requestHeader } from "./reply-address.ts";

/** How a message answers. */
export type Reply = (to: ReplyAddress, nonce: string, payload: unknown, options?: SendOptions) => Promise<Receipt>;

const none: Readonly<Record<string, string>> = Object.freeze({});

/** A delivered SEND or BROADCAST, whose payload has been read. */
export interface Arrival {
  readonly event: Message["event"];
  readonly frame: Frame;
  readonly payload: unknown;
}

export function receiveMessage(arrival: Arrival, reply: Reply): Message {
  return new ReceivedMessage(arrival, reply);
}

/** A class for its prototype: messages come by the thousand. */
class ReceivedMessage implements Message {
  readonly event: Message["event"];
  readonly payload: unknown;
  readonly nonce: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly sentAtMs: number;
  readonly #reply: Reply;

  constructor({ event, frame, payload }: Arrival, reply: Reply) {
    const { nonce, headers } = fieldsOf(frame);
    this.event = event;
    this.payload = payload;
    this.nonce = nonce ?? null;
    this.headers = readHeaders(headers);
    this.sentAtMs = typeof frame.ts === "number" ? frame.ts : Number.NaN;
    this.#reply = reply;
  }

  get wantsReply(): boolean {
    return parseReplyAddress(this.nonce) !== null;
  }

  reply(payload: unknown, options?: SendOptions): Promise<Receipt> {
    const to = parseReplyAddress(this.nonce);
    if (to !== null) return this.#reply(to, this.nonce as string, payload, options);
    return refused(new SingyeongError("client/invalid-value", "no reply is wanted"));
  }
}

/** The sender's headers, without the one that is only between clients. */
function readHeaders(headers: unknown): Message["headers"] {
  if (typeof headers !== "object" || headers === null) return none;
  const { [requestHeader]: _, ...rest } = headers as Record<string, string>;
  return rest;
}
