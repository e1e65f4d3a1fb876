import type { Delivery } from "../delivery/delivery.ts";
import type { Client } from "../registry/client.ts";
import type { Content } from "./content.ts";
import { formatMessageId } from "./message-id.ts";
import type { MessageTraces } from "./message-traces.ts";
import type { Parcel } from "./postman.ts";
import type { Taker } from "./taker.ts";

/** Hands messages of plain queues over, as `QUEUE` ([QU-22]). */
export function createHandOver(delivery: Delivery, traces: MessageTraces): (client: Client) => Taker["handOver"] {
  function give(client: Client, { queue, seq, attempt }: Parcel, { codec, nonce, headers, payload }: Content): boolean {
    const fields = { queue, id: formatMessageId(seq), attempt };
    return delivery.toOne(client, {
      event: "QUEUE",
      codec,
      nonce,
      headers,
      payload: codec.embed(fields, "payload", payload),
    });
  }

  return (client) => (parcel, content) => {
    if (!traces.isOn) return give(client, parcel, content);
    const handing = { client, seq: parcel.seq, attempt: parcel.attempt, destination: parcel.queue };
    return traces.hand(handing, content, (traced) => give(client, parcel, traced));
  };
}
