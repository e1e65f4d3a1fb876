import type { Delivery } from "../delivery/delivery.ts";
import type { Client } from "../registry/client.ts";
import { formatMessageId } from "./message-id.ts";
import type { Taker } from "./taker.ts";

/** Hands messages of plain queues over, as `QUEUE` ([QU-22]). */
export function createHandOver(delivery: Delivery): (client: Client) => Taker["handOver"] {
  return (client) =>
    ({ queue, seq, attempt }, { codec, nonce, headers, payload }) => {
      const fields = { queue, id: formatMessageId(seq), attempt };
      return delivery.toOne(client, {
        event: "QUEUE",
        codec,
        nonce,
        headers,
        payload: codec.embed(fields, "payload", payload),
      });
    };
}
