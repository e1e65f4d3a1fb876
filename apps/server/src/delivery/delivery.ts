import { type Codec, type DeliveryParts, type Raw, transcode } from "@singyeong/protocol/codec";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";

/** A message on its way, its parts raw in the sender's codec. Borrowed from the sender's frame: deliver it at once. */
export interface Message extends DeliveryParts {
  readonly event: string;
  readonly codec: Codec;
}

/** Writes messages to clients. */
export interface Delivery {
  /** `false` where the client's backlog is full or its connection gone: the message is lost to it. */
  toOne(client: Client, message: Message): boolean;
  /** Encodes once per codec, whatever the number of clients. Returns how many the message was queued for. */
  toMany(clients: Iterable<Client>, message: Message): number;
}

export function createDelivery(clock: Clock, metrics: Metrics): Delivery {
  const delivered = metrics.counter("singyeong_deliveries_total", "Messages queued for a client's socket.");
  const dropped = metrics.counter("singyeong_deliveries_dropped_total", "Messages dropped at a full or closed socket.");

  function write(client: Client, frame: Raw): boolean {
    const queued = client.outbox.send(frame, true);
    if (queued) delivered.total++;
    else dropped.total++;
    return queued;
  }

  return {
    toOne(client, message) {
      return write(client, encodeFor(client.codec, message, takesHeaders(client), clock.now()));
    },
    toMany(clients, message) {
      const ts = clock.now();
      const ready = new Map<Codec, Raw>();
      const readyHeaded = new Map<Codec, Raw>();
      let count = 0;
      for (const client of clients) {
        const headed = takesHeaders(client) && message.headers !== undefined;
        const frames = headed ? readyHeaded : ready;
        let frame = frames.get(client.codec);
        if (frame === undefined) {
          frame = toBytes(encodeFor(client.codec, message, headed, ts));
          frames.set(client.codec, frame);
        }
        if (write(client, frame)) count++;
      }
      return count;
    },
  };
}

/** Headers go to clients with any capability; those of plain v1 never see a key that v1 does not name. */
export function takesHeaders(client: Client): boolean {
  return client.caps.length > 0;
}

function encodeFor(codec: Codec, message: Message, headed: boolean, ts: number): Raw {
  if (codec === message.codec) {
    const { nonce, payload, headers } = message;
    return codec.encodeDelivery(message.event, headed || headers === undefined ? message : { nonce, payload }, ts);
  }
  const carry = (raw: Raw | undefined): Raw | undefined => raw && transcode(raw, message.codec, codec);
  const headers = headed ? carry(message.headers) : undefined;
  const parts = { nonce: carry(message.nonce), payload: carry(message.payload)!, headers };
  return codec.encodeDelivery(message.event, parts, ts);
}

const encoder = new TextEncoder();

/** Text for many sockets is turned into bytes once, instead of once per socket: of their own, since some sockets keep them. */
function toBytes(frame: Raw): Raw {
  return typeof frame === "string" ? encoder.encode(frame) : frame;
}
