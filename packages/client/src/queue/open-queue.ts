import { atLeastOne } from "../messaging/at-least-one.ts";
import type { Late } from "../messaging/late.ts";
import { quiet } from "../messaging/quiet.ts";
import type { ConsumeOptions, Jobs, Queue } from "./queue.ts";
import type { Queues } from "./queues.ts";

/** What a consumer does by promises; the first two are of those for loops. */
const methods = ["next", "return", "stop", "closed", Symbol.asyncDispose] as const;

/** A queue; what it does is loaded with the first of it. */
export function openQueue(name: string, late: Late<Queues>): Queue {
  return {
    name,
    push: (...args) => late((queues, refusal) => queues.push(refusal, name, ...(args as [never, unknown]))) as never,
    consume(...args: readonly unknown[]) {
      const { concurrency = 1 } = (args.at(-1) ?? {}) as ConsumeOptions;
      atLeastOne("concurrency", concurrency);
      const consumer = late((queues, refusal) => queues.consume(refusal, name, args) as Jobs);
      const isHandled = typeof args[0] === "function";
      const jobs = (isHandled ? {} : { [Symbol.asyncIterator]: () => jobs }) as Jobs;
      for (const method of methods.slice(isHandled ? 2 : 0))
        jobs[method] = () => quiet((async () => (await consumer)[method]!() as never)());
      return jobs;
    },
  };
}
