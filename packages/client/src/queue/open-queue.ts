import type { Late } from "../messaging/late.ts";
import { lateConsumer } from "../work/late-consumer.ts";
import type { Queue } from "./queue.ts";
import type { Queues } from "./queues.ts";

/** A queue; what it does is loaded with the first of it. */
export function openQueue(name: string, late: Late<Queues>): Queue {
  return {
    name,
    push: (...args) => late((queues, refusal) => queues.push(refusal, name, ...(args as [never, unknown]))) as never,
    consume: (...args: readonly unknown[]) =>
      lateConsumer(late, args, (queues, refusal) => queues.consume(refusal, name, args)),
  };
}
