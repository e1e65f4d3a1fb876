import { equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next, only } from "./parties.ts";

const jobs = 200;

/**
 * Jobs are pushed, the server is killed while they are worked on and comes back: everything that was confirmed is worked on at
 * least once, what was acknowledged for certain is not worked on again, and what throws comes again.
 */
export const queues: Scenario = async (world) => {
  const server = await world.startServer("--queue-retry-ms", "50");
  await using worker = await join(server, "worker", { metadata: { who: "worker" } });
  await using shop = await join(server, "shop");
  const numbers = Array.from({ length: jobs }, (_, number) => number);
  const push = (number: number) => shop.queue("work").push(only("worker"), { number }, { id: `job-${number}` });

  const half = await Promise.all(numbers.slice(0, jobs / 2).map(push));
  equal(new Set(half.map(({ id }) => id)).size, jobs / 2, "different jobs");

  const begun: number[] = [];
  const certain = new Set<number>();
  const again: number[] = [];
  const { promise: enough, resolve: noteEnough } = Promise.withResolvers<void>();
  const { promise: all, resolve: noteAll } = Promise.withResolvers<void>();
  const consumer = worker.queue("work").consume(
    async (job) => {
      const { number } = job.payload as { number: number };
      if (certain.has(number)) again.push(number);
      begun.push(number);
      if (number % 10 === 3 && job.attempt === 1) throw new Error("not this time");
      if (begun.length === 30) noteEnough();
      if (new Set(begun).size === jobs) noteAll();
      // What the kill cuts off is not certain, and comes again.
      await job.ack().then(
        () => certain.add(number),
        () => undefined,
      );
    },
    { concurrency: 8 },
  );
  await enough;
  const back = [next(shop, "connected"), next(worker, "connected")];
  await world.killServer(server);
  const rest = numbers.slice(jobs / 2).map(push);
  await world.restartServer(server);
  await Promise.all([...back, ...rest, all]);
  await consumer.stop();

  equal(await consumer.closed(), null, "why the consumer ended");
  equal(
    [...new Set(begun)].sort((a, b) => a - b),
    numbers,
    "jobs that were worked on",
  );
  equal(again, [], "jobs that came back though they were done with");
  holds(certain.size > 0, "some were done with for certain");
  holds(begun.length > jobs, "what failed was tried again");
};
