/** What a client does with a message that it holds: acknowledge it, refuse it, or keep it for longer. */
import { maxQueueMs } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Refused, Settled } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import { type Command, type Refusal, refuse, type Services } from "./command.ts";
import { readText, readValue, readWhole, refuseField } from "./fields.ts";
import { queueCap, readQueueName } from "./queue-fields.ts";
import { readReplyNonce } from "./receipt.ts";

/** The message that an event is about. */
interface Reference {
  readonly queue: string;
  readonly id: string;
}

/** `QUEUE_ACK`: the message is done with. */
export const queueAck: Command = {
  event: "QUEUE_ACK",
  allowRestricted: false,
  hasNonce: true,
  run(services, sender, frame) {
    return settle(services, sender, frame, ({ queue, id }, settled) => services.queues.ack(sender, queue, id, settled));
  },
};

/** `QUEUE_NACK`, of the extension `queue2`: the message was not dealt with. */
export const queueNack: Command = {
  event: "QUEUE_NACK",
  cap: queueCap,
  allowRestricted: false,
  hasNonce: true,
  run(services, sender, frame) {
    const delayMs = readWhole(sender.codec, frame, "delay_ms", { min: 0, max: maxQueueMs }, -1);
    if (delayMs === null) return refuseField("delay_ms", `delay_ms is a whole number from 0 to ${maxQueueMs}`);
    const dead = readValue(sender.codec, frame, "dead") ?? false;
    if (typeof dead !== "boolean") return refuseField("dead", "dead is true or false");
    const options = { delayMs: delayMs === -1 ? null : delayMs, dead };
    return settle(services, sender, frame, ({ queue, id }, settled) =>
      services.queues.nack(sender, queue, id, options, settled),
    );
  },
};

/** `QUEUE_EXTEND`, of the extension `queue2`: the lease ends later, or sooner. */
export const queueExtend: Command = {
  event: "QUEUE_EXTEND",
  cap: queueCap,
  allowRestricted: false,
  hasNonce: true,
  run({ queues }, sender, frame) {
    const reference = readReference(sender, frame);
    if ("kind" in reference) return reference;
    const { queue, id } = reference;
    const ms = readWhole(sender.codec, frame, "ms", { min: 1, max: maxQueueMs }, 0);
    if (!ms) return refuseField("ms", `ms is a whole number from 1 to ${maxQueueMs}`);
    const refused = queues.extend(sender, queue, id, ms);
    if (refused !== null) return refuse(refused.code, refused.extraInfo);
    const nonce = readReplyNonce(sender, frame);
    return nonce === null ? null : { kind: "answer", event: "QUEUE_EXTENDED", d: { ...reference, nonce } };
  },
};

/** Settles a message; where its sender gave a nonce beside `t`, it is told once that is on disk. */
function settle(
  { replies }: Services,
  sender: Client,
  frame: Frame,
  apply: (reference: Reference, settled: Settled<void> | null) => Refused,
): Refusal | null {
  const reference = readReference(sender, frame);
  if ("kind" in reference) return reference;
  const nonce = readReplyNonce(sender, frame);
  const tell = (): void => replies.answer(sender, "QUEUE_SETTLED", sender.codec.encode({ ...reference, nonce }));
  const refused = apply(reference, nonce === null ? null : tell);
  return refused === null ? null : refuse(refused.code, refused.extraInfo);
}

function readReference(sender: Client, frame: Frame): Reference | Refusal {
  const queue = readQueueName(sender.codec, frame);
  if (typeof queue !== "string") return queue;
  const id = readText(sender.codec, frame, "id");
  return id === null ? refuseField("id", "id is the message's, as text") : { queue, id };
}
