import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { stageQueues } from "./queue.kit.ts";
import type { ConsumeOptions, Job } from "./queue.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

/** A loop whose body waits for the test; `body` says what it does with each job. */
async function stage(options?: ConsumeOptions, body?: (job: Job) => unknown) {
  const queues = stageQueues();
  const jobs = queues.client.queue("jobs").consume(options);
  const seen: string[] = [];
  let goOn = (): void => {};
  const loop = watch(
    (async () => {
      for await (const job of jobs) {
        seen.push(job.id);
        await body?.(job);
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      return "over";
    })(),
  );
  await settle();
  return {
    queues,
    jobs,
    seen,
    loop,
    async goOn() {
      goOn();
      await settle();
    },
  };
}

describe("a loop over jobs", () => {
  it("acknowledges the job at hand when it comes round for the next", async () => {
    const { queues, seen, goOn } = await stage();
    await queues.give("a");
    expect([seen, queues.acks(), queues.asked]).toEqual([["a"], [], 1]);
    await goOn();
    expect([queues.acks(), queues.asked]).toEqual([["a"], 2]);
  });

  it("has the next ones wait for it, and their leases extended", async () => {
    const { queues, seen, goOn } = await stage({ concurrency: 3 });
    await queues.give("a", "b", "c");
    expect(seen).toEqual(["a"]);
    queues.platform.step(7500);
    expect(queues.extensions()).toEqual(["a", "b", "c"]);
    await goOn();
    expect([seen, queues.acks(), queues.asked]).toEqual([["a", "b"], ["a"], 4]);
  });

  it("makes room for another one as soon as a job is settled", async () => {
    const { queues, seen, goOn } = await stage({}, (job) => void (job.id === "a" ? job.ack() : job.nack()));
    await queues.give("a");
    expect([queues.acks(), queues.asked]).toEqual([["a"], 2]);
    await queues.give("b");
    expect(seen).toEqual(["a"]);
    await goOn();
    expect([seen, queues.acks(), queues.nacks(), queues.asked]).toEqual([["a", "b"], ["a"], ["b"], 3]);
  });

  it("passes over what was lost before it came to it", async () => {
    const { queues, seen, goOn } = await stage({ concurrency: 3 });
    await queues.give("a", "b");
    queues.cut();
    queues.comeBack();
    await settle();
    expect(queues.asked).toBe(1);
    await queues.give("c");
    await goOn();
    expect([seen, queues.acks(), queues.asked]).toEqual([["a", "c"], [], 3]);
  });

  it("that is left by break refuses what it has, gives back what it has not, and asks for nothing more", async () => {
    const queues = stageQueues();
    const jobs = queues.client.queue("jobs").consume({ concurrency: 3 });
    const loop = watch(
      (async () => {
        for await (const _ of jobs) break;
      })(),
    );
    await settle();
    await queues.give("a", "b");
    expect(queues.socket.of("QUEUE_NACK").map(({ d }) => d)).toEqual([
      { queue: "jobs", id: "a" },
      { queue: "jobs", id: "b", delay_ms: 0 },
    ]);
    expect([queues.asked, loop.value]).toEqual([0, "pending"]);
    await queues.give("c");
    expect(queues.socket.of("QUEUE_NACK").at(-1)!.d).toEqual({ queue: "jobs", id: "c", delay_ms: 0 });
    await queues.answer();
    expect([loop.value, await jobs.closed()]).toEqual([undefined, null]);
    expect(queues.platform.timers).toBe(1);
  });

  it("that is left by an error does the same, and passes it on", async () => {
    const broken = Object.assign(new Error("broken"), { code: "broken" });
    const { queues, loop } = await stage({}, () => {
      throw broken;
    });
    await queues.give("a");
    await queues.answer();
    expect([queues.nacks(), loop.value]).toEqual([["a"], "broken"]);
  });

  it("that has acknowledged before it is left leaves it at that", async () => {
    const { queues, loop } = await stage({}, async (job) => {
      void job.ack();
      throw Object.assign(new Error(), { code: "enough" });
    });
    await queues.give("a");
    await queues.answer();
    expect([queues.acks(), queues.nacks(), loop.value]).toEqual([["a"], [], "enough"]);
  });

  it("fails with what the client is refused for, once", async () => {
    const { queues, jobs, loop } = await stage();
    await queues.refuse("QUEUE_REQUEST", "dispatch/restricted");
    expect(loop.value).toBe("dispatch/restricted");
    expect(await jobs.next()).toEqual({ done: true, value: undefined });
  });

  it("fails so as well where it was not reading at the time", async () => {
    const queues = stageQueues();
    const jobs = queues.client.queue("jobs").consume();
    await settle();
    await queues.refuse("QUEUE_REQUEST", "dispatch/restricted");
    await expect(jobs.next()).rejects.toMatchObject({ code: "dispatch/restricted" });
  });

  it("gives each job to one of those who ask at a time", async () => {
    const queues = stageQueues();
    const jobs = queues.client.queue("jobs").consume({ concurrency: 2 });
    const [first, second] = [watch(jobs.next()), watch(jobs.next())];
    await settle();
    await queues.give("a", "b");
    expect([first.value, second.value]).toMatchObject([{ value: { id: "a" } }, { value: { id: "b" } }]);
    void jobs.next();
    await settle();
    expect([queues.acks(), queues.asked]).toEqual([["a", "b"], 4]);
  });

  it("is disposed of as if it were left", async () => {
    const queues = stageQueues();
    const jobs = queues.client.queue("jobs").consume();
    expect(jobs[Symbol.asyncIterator]()).toBe(jobs);
    await settle();
    await queues.give("a");
    const disposed = jobs[Symbol.asyncDispose]();
    await settle();
    await queues.answer();
    await disposed;
    expect(queues.socket.of("QUEUE_NACK")[0]!.d).toEqual({ queue: "jobs", id: "a", delay_ms: 0 });
  });
});

describe("stopping a loop", () => {
  it("lets it finish the job at hand, and gives back the others", async () => {
    const { queues, jobs, seen, loop, goOn } = await stage({ concurrency: 3 });
    await queues.give("a", "b");
    const stopped = watch(jobs.stop());
    await settle();
    await queues.answer();
    expect([queues.nacks(), queues.acks(), stopped.value, loop.value]).toEqual([["b"], [], "pending", "pending"]);
    await goOn();
    expect([queues.acks(), loop.value, stopped.value]).toEqual([["a"], "over", "pending"]);
    await queues.answer();
    expect([seen, stopped.value]).toEqual([["a"], undefined]);
  });

  it("by its signal ends a loop that waits", async () => {
    const controller = new AbortController();
    const { queues, jobs, loop } = await stage({ signal: controller.signal });
    controller.abort();
    await queues.answer();
    expect([loop.value, await jobs.closed()]).toEqual(["over", null]);
  });
});
