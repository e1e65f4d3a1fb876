/** What SEND and BROADCAST share: reading the message, refusing a bad one, and the answer where nobody matches. */
import { Op } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Query } from "@singyeong/query";
import type { Message } from "../delivery/delivery.ts";
import type { Client } from "../registry/client.ts";
import { type Command, type Refusal, refuse, refuseQuery, type Services } from "./command.ts";
import { readHeaders } from "./headers.ts";
import { dispatched, readReceiptRequest } from "./receipt.ts";

/** Makes the command of an event that routes a message; `route` delivers it and tells to how many. */
export function createMessageCommand(
  event: string,
  route: (services: Services, query: Query, message: Message) => number,
): Command {
  return {
    event,
    allowRestricted: false,
    hasNonce: true,
    run(services, sender, frame) {
      const target = frame.field("target");
      const payload = frame.field("payload");
      if (target === undefined || payload === undefined)
        return missing(frame, target === undefined ? "target" : "payload");
      const { codec } = sender;
      const compiled = services.router.compile(codec, target, sender.rights);
      if (!compiled.ok) return refuseQuery(compiled, "/d/target");
      const rawHeaders = frame.field("headers");
      const headers = rawHeaders === undefined ? undefined : readHeaders(codec, rawHeaders);
      if (headers === null) return invalid("/d/headers", "headers map text to text");
      const receipt = readReceiptRequest(sender, frame);
      if (!receipt.ok) return receipt.refusal;
      const message = { event, codec, nonce: frame.field("nonce"), payload, headers };
      const count = route(services, compiled.query, message);
      if (count === 0 && !compiled.query.droppable) return noRoute(event, sender, frame);
      return receipt.nonce === null ? null : dispatched(receipt.nonce, count);
    },
  };
}

const invalid = (at: string, message: string): Refusal => refuse("dispatch/invalid", { at, message });

function missing(frame: Frame, field: string): Refusal {
  return frame.hasFields
    ? invalid(`/d/${field}`, `${field} is missing`)
    : invalid("/d", "d is a map of target, nonce and payload");
}

/** v1's `no_route` carries the frame that was sent. */
function noRoute(event: string, sender: Client, frame: Frame): Refusal {
  return refuse("route/no-match", { op: Op.dispatch, t: event, ts: null, d: sender.codec.decodeExact(frame.d!) });
}
