/** What producers and consumers of a queue say, made so that numbers are all that changes from frame to frame. */
import { encodeTextFrame, formatTextFrame } from "./frame.ts";
import { messagePayload, messageTail, numberAt, numberDigits, writeDigits, zeros } from "./payload.ts";

/** What stands before the rest of a queue's frame type, so that a control tells frames apart by the bytes behind it. */
const opening = '{"op":4,"ts":1700000000000,"t":"QUEUE';
/** Where the rest of a frame's type begins: `"` for a push, `_A` for an acknowledgement, `_R` for a request. */
export const kindAt = opening.length;

/** How many different targets there can be. */
export const maxTargets = 1_000_000;

/** Makes the frames that put messages into a queue, numbered from `from` on, `count` of them in one buffer. */
export type PushWriter = (from: number, count: number) => Buffer;

/**
 * `targets` is how many different ones the messages have, in turn: three ops each, and each keeps every client of the
 * application.
 */
export function createPushWriter(queue: string, application: string, targets: number): PushWriter {
  const shards = String(maxTargets);
  const ops = [{ latency: { $gte: 10 } }, { shard: { $lt: maxTargets } }, { region: { $ne: "nowhere" } }];
  const target = JSON.stringify({ application, ops });
  const d = `{"queue":"${queue}","target":${target},"nonce":"${zeros}","payload":${messagePayload}}`;
  const frame = encodeTextFrame(`${opening}","d":${d}}`);
  const targetAt = frame.indexOf(shards) + 1;
  const nonceAt = frame.indexOf('"nonce":"') + '"nonce":"'.length;
  const payloadNumberAt = frame.indexOf(messagePayload) + numberAt;
  return (from, count) => {
    const pushes = Buffer.allocUnsafeSlow(frame.length * count);
    for (let i = 0; i < count; i++) {
      const at = i * frame.length;
      frame.copy(pushes, at);
      writeDigits(pushes, at + targetAt, shards.length - 1, (from + i) % targets);
      writeDigits(pushes, at + nonceAt, numberDigits, from + i);
      writeDigits(pushes, at + payloadNumberAt, numberDigits, from + i);
    }
    return pushes;
  };
}

/** A request as a frame, to be written as latin1. */
export function formatRequest(queue: string, count: number): string {
  return formatTextFrame(`${opening}_REQUEST","d":{"queue":"${queue}","count":${count}}}`);
}

/** An acknowledgement as a frame, to be written as latin1; made by the million, so without a buffer of its own. */
export function formatAck(queue: string, id: string): string {
  return formatTextFrame(`${opening}_ACK","d":{"queue":"${queue}","id":"${id}"}}`);
}

/** What a delivery says. */
export interface Delivery {
  readonly id: string;
  readonly number: number;
}

/** Reads a delivery. @throws where it is something else */
export function readDelivery(bytes: Buffer, start: number, end: number): Delivery {
  const text = bytes.toString("latin1", start, end);
  const idAt = text.indexOf('"id":"') + 6;
  const at = text.indexOf('{"n":"') + 6;
  const whole = text.startsWith('{"op":4') && text.startsWith(messageTail, at + numberDigits);
  if (!whole || idAt < 6 || at < 6) throw new Error(`expected a delivery, got ${text}`);
  return { id: text.slice(idAt, text.indexOf('"', idAt)), number: Number(text.slice(at, at + numberDigits)) };
}

const four = "4".charCodeAt(0);
const opAt = '{"op":'.length;

/** Checks that a frame is a dispatch, which for a producer is a confirmation. @throws where the server complains */
export function checkConfirmation(bytes: Buffer, start: number, end: number): void {
  if (bytes[start + opAt] !== four)
    throw new Error(`expected a confirmation, got ${bytes.toString("latin1", start, end)}`);
}
