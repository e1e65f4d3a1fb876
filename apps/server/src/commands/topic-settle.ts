/** What a client does with an event: acknowledge it, give it back, or answer it. */
import { maxQueueMs } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Settled } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import type { EventOutcome } from "../topic/topics.ts";
import { type Command, type Outcome, refuse, type Services } from "./command.ts";
import { readText, readWhole, refuseField } from "./fields.ts";
import { readReplyNonce } from "./receipt.ts";
import { topicCap } from "./topic-fields.ts";

/** `ACK`: the event is dealt with. */
export const ack: Command = {
  event: "ACK",
  cap: topicCap,
  allowRestricted: false,
  hasNonce: false,
  run: (services, sender, frame) =>
    settle(services, sender, frame, (id, settled) => services.topics.ack(sender, id, settled)),
};

/** `NACK`: the event is not dealt with. */
export const nack: Command = {
  event: "NACK",
  cap: topicCap,
  allowRestricted: false,
  hasNonce: false,
  run(services, sender, frame) {
    const delayMs = readWhole(sender.codec, frame, "delay_ms", { min: 0, max: maxQueueMs }, 0);
    if (delayMs === null) return refuseField("delay_ms", `delay_ms is a whole number from 0 to ${maxQueueMs}`);
    return settle(services, sender, frame, (id, settled) => services.topics.nack(sender, id, delayMs, settled));
  },
};

/** `REPLY`: an answer for whoever published the event. */
export const reply: Command = {
  event: "REPLY",
  cap: topicCap,
  allowRestricted: false,
  hasNonce: false,
  run({ topics }, sender, frame) {
    const id = readText(sender.codec, frame, "id");
    if (id === null) return refuseField("id", "id is the event's, as text");
    const payload = frame.field("payload");
    if (payload === undefined) return refuseField("payload", "payload is missing");
    topics.reply(sender, id, payload);
    return null;
  },
};

/** Settles an event; where its sender gave a nonce beside `t`, it is told once that is on disk ([TO-12]). */
function settle(
  { replies }: Services,
  sender: Client,
  frame: Frame,
  apply: (id: string, settled: Settled<void> | null) => EventOutcome,
): Outcome {
  const id = readText(sender.codec, frame, "id");
  if (id === null) return refuseField("id", "id is the event's, as text");
  const nonce = readReplyNonce(sender, frame);
  let queue = "";
  const tell = (): void => replies.answer(sender, "QUEUE_SETTLED", sender.codec.encode({ queue, id, nonce }));
  const outcome = apply(id, nonce === null ? null : tell);
  if (!outcome.ok) return refuse(outcome.code, outcome.extraInfo);
  queue = outcome.queue;
  return null;
}
