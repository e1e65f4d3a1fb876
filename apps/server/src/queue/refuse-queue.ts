import type { Book } from "./machine/book.ts";
import { type Refused, refuse } from "./queues.ts";
import type { Taker } from "./taker.ts";

/** What is said to who would make one queue too many; `null` where there is room, or the queue exists. */
export function refuseQueue({ queues }: Book<Taker>, name: string, maxQueues: number): Refused {
  return queues.has(name) || queues.size < maxQueues ? null : refuse("queue/too-many-queues", { max: maxQueues });
}
