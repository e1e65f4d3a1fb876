import { Op } from "@singyeong/protocol";
import type { Message, RequestOptions } from "../messaging/message.ts";
import type { Messenger } from "../messaging/messenger.ts";
import type { Arrival } from "../messaging/received-message.ts";
import { formatReplyAddress, type ReplyAddress, requestHeader } from "../messaging/reply-address.ts";
import type { Query } from "../query/query.ts";

/** Sends a message whose answer finds its way to an address, and waits for that. */
export type PostRequest = (target: Query, payload: unknown, options?: RequestOptions) => Promise<Message>;

export function createPostRequest(
  { post }: Pick<Messenger, "post">,
  address: ReplyAddress,
  receive: (answer: Arrival) => Message,
): PostRequest {
  let count = 0;
  return (target, payload = null, options = {}) => {
    const nonce = formatReplyAddress(address, ++count);
    const headers = { ...options.headers, [requestHeader]: "true" };
    const frame = { op: Op.dispatch, t: "SEND", d: { target, nonce, payload, headers } };
    return post(frame, { awaits: "answer", nonce, repeatable: false }, options, (answer) => receive(answer as Arrival));
  };
}
