import type { Client } from "../registry/client.ts";
import type { Book } from "./machine/book.ts";
import { type Refused, refuse } from "./queues.ts";

/** What is said to who would make one queue too many; `null` where there is room, or the queue exists. */
export function refuseQueue({ queues }: Book<Client>, name: string, maxQueues: number): Refused {
  return queues.has(name) || queues.size < maxQueues ? null : refuse("queue/too-many-queues", { max: maxQueues });
}
