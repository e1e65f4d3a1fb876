import { jsonCodec } from "@singyeong/protocol/codec";
import { broadcastPayload } from "../load/traffic.ts";
import type { Handler } from "./seat.ts";

/** Sends every receiver the very bytes that the server would send, made ready once and for all. */
export function createBroadcast(): Handler {
  const parts = { nonce: undefined, payload: broadcastPayload, headers: undefined };
  const ready = Buffer.from(jsonCodec.encodeDelivery("BROADCAST", parts, Date.now()));
  return (_socket, _frame, receivers) => {
    for (let i = 0; i < receivers.length; i++) receivers[i]!.send(ready, false);
  };
}
