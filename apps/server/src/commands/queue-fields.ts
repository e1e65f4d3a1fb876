/** What queue events have in common: the names of queues, and the capability that allows for more to be said. */
import { maxQueueNameBytes } from "@singyeong/protocol";
import type { Codec, Frame } from "@singyeong/protocol/codec";
import { groupPrefix, isGroupQueue } from "../queue/topic-lane.ts";
import type { Client } from "../registry/client.ts";
import type { Refusal } from "./command.ts";
import { readText, refuseField } from "./fields.ts";

/** The capability by which clients say more about their messages, and refuse and extend those that they hold. */
export const queueCap = "queue2";

export function hasQueueCap({ caps }: Client): boolean {
  return caps.includes(queueCap);
}

/** The name of the queue, or why it is none. */
export function readQueueName(codec: Codec, frame: Frame): string | Refusal {
  return readText(codec, frame, "queue") ?? refuseField("queue", `queue is text of 1 to ${maxQueueNameBytes} bytes`);
}

/** The name of a queue that clients may use themselves: none that is behind a group ([TO-16]). */
export function readPlainQueueName(codec: Codec, frame: Frame): string | Refusal {
  const name = readQueueName(codec, frame);
  if (typeof name !== "string" || !isGroupQueue(name)) return name;
  return refuseField("queue", `queues whose names begin with ${groupPrefix} are those of groups`);
}
