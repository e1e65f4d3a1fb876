import { maxRequestCount } from "@singyeong/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, stageClient, watch } from "../create-client.kit.ts";
import { holdWork, type QueueStage, stageQueues } from "./queue.kit.ts";
import type { ConsumeOptions, Job } from "./queue.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

/** A consumer whose jobs the test finishes. */
async function stage(options?: ConsumeOptions) {
  const queues: QueueStage = stageQueues();
  const work = holdWork();
  const consumer = queues.client.queue("jobs").consume(work.handler, options);
  await settle();
  return { queues, work, consumer };
}

describe("a handler", () => {
  it("gets a job, which is acknowledged once it is done, and then the next", async () => {
    const { queues, work } = await stage();
    expect(queues.socket.of("QUEUE_REQUEST").map(({ d }) => d)).toEqual([{ queue: "jobs", count: 1 }]);
    await queues.give("a");
    const [job] = work.jobs as [Job];
    expect([job.id, job.queue, job.payload, job.attempt, job.headers]).toEqual(["a", "jobs", "p-a", 1, {}]);
    expect([queues.acks(), queues.asked]).toEqual([[], 1]);
    await work.finish("a");
    expect([queues.acks(), queues.asked]).toEqual([["a"], 2]);
    expect(queues.socket.sent.slice(-2).map(({ t }) => t)).toEqual(["QUEUE_ACK", "QUEUE_REQUEST"]);
  });

  it("gets the headers and the attempt that came with it", async () => {
    const { queues, work } = await stage();
    queues.dispatch("QUEUE", {
      payload: { queue: "jobs", id: "a", attempt: 3, payload: null },
      headers: { trace: "1" },
    });
    await settle();
    expect(work.jobs[0]).toMatchObject({ attempt: 3, headers: { trace: "1" } });
  });

  it("may return without a promise", async () => {
    const queues = stageQueues();
    queues.client.queue("jobs").consume(() => "done");
    await settle();
    await queues.give("a");
    expect(queues.acks()).toEqual(["a"]);
  });

  it("cannot be read as a loop can", async () => {
    const { consumer } = await stage();
    expect(["next", "return", Symbol.asyncIterator].filter((name) => name in consumer)).toEqual([]);
    const loop = stageQueues().client.queue("jobs").consume();
    expect(["next", "return", Symbol.asyncIterator].filter((name) => name in loop)).toHaveLength(3);
  });

  it("that throws has the job refused, which is reported, and goes on", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    await work.finish("a", new Error("broken"));
    expect([queues.acks(), queues.nacks(), queues.reports]).toEqual([[], ["a"], ["client/handler-threw"]]);
    expect(queues.socket.of("QUEUE_NACK")[0]!.d).toEqual({ queue: "jobs", id: "a" });
    await queues.give("b");
    expect(work.jobs.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("may settle the job itself, and what comes after that counts for nothing", async () => {
    const queues = stageQueues();
    queues.client.queue("jobs").consume(async (job) => {
      if (job.id === "a") await job.nack({ delayMs: 5, dead: true });
      else void job.ack();
      throw new Error("too late");
    });
    await settle();
    await queues.give("a");
    expect(queues.socket.of("QUEUE_NACK")[0]!.d).toEqual({ queue: "jobs", id: "a", delay_ms: 5, dead: true });
    await queues.answer();
    await queues.give("b");
    expect([queues.acks(), queues.nacks()]).toEqual([["b"], ["a"]]);
  });

  it("acknowledges in the order in which jobs are done", async () => {
    const { queues, work } = await stage({ concurrency: 3 });
    await queues.give("a", "b", "c");
    for (const id of ["b", "c", "a"]) await work.finish(id);
    expect(queues.acks()).toEqual(["b", "c", "a"]);
  });
});

describe("an acknowledgement", () => {
  it("resolves once it is stored, and once alone", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const [first, second] = [watch(work.jobs[0]!.ack()), watch(work.jobs[0]!.ack())];
    await settle();
    expect([first.value, second.value, queues.acks()]).toEqual(["pending", "pending", ["a"]]);
    await queues.answer();
    expect([first.value, second.value]).toEqual([undefined, undefined]);
    await work.finish("a");
    expect(queues.acks()).toEqual(["a"]);
  });

  it("that the server refuses for now may be tried again", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const ack = watch(work.jobs[0]!.ack());
    await queues.refuse("QUEUE_ACK", "queue/unavailable");
    expect(ack.value).toBe("queue/unavailable");
    await work.finish("a");
    expect(queues.acks()).toEqual(["a", "a"]);
    await queues.refuse("QUEUE_ACK", "queue/unavailable");
    expect(queues.reports).toEqual(["queue/unavailable"]);
  });

  it("that comes too late is the loss of the job", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const { signal } = work.jobs[0]!;
    await work.finish("a");
    await queues.refuse("QUEUE_ACK", "queue/not-leased");
    expect([signal.aborted, queues.reports]).toEqual([true, ["queue/not-leased"]]);
  });
});

describe("concurrency", () => {
  it("bounds what is asked for and in hand, and what is done in one turn is asked for in one frame", async () => {
    const { queues, work } = await stage({ concurrency: 3 });
    expect(queues.asked).toBe(3);
    await queues.give("a", "b", "c");
    for (const { id } of work.jobs.slice(0, 2)) void work.finish(id);
    await settle();
    expect(queues.socket.of("QUEUE_REQUEST").map(({ d }) => d.count)).toEqual([3, 2]);
  });

  it("asks for no more than a server takes", async () => {
    const { queues } = await stage({ concurrency: Number.POSITIVE_INFINITY });
    expect(queues.asked).toBe(maxRequestCount);
  });

  it.each([0, -1, Number.NaN])("of %d is none", (concurrency) => {
    const jobs = stageClient().client.queue("jobs");
    expect(() => jobs.consume(() => {}, { concurrency })).toThrow("concurrency is 1 or more");
    expect(() => jobs.consume({ concurrency })).toThrow("concurrency is 1 or more");
  });
});

describe("a request that is refused", () => {
  it("for now is made again a second later", async () => {
    const { queues } = await stage();
    await queues.refuse("QUEUE_REQUEST", "queue/too-many-requests");
    expect([queues.asked, queues.reports]).toEqual([1, ["queue/too-many-requests"]]);
    queues.platform.step(1000);
    expect(queues.asked).toBe(2);
  });

  it("for good is the end, with the reason", async () => {
    const { queues, consumer } = await stage();
    await queues.refuse("QUEUE_REQUEST", "dispatch/restricted");
    expect(await consumer.closed()).toMatchObject({ code: "dispatch/restricted" });
    expect(queues.reports).toEqual(["dispatch/restricted"]);
    await consumer.stop();
  });

  it("since the server has no queues is the end as well", async () => {
    const { client, start, admit } = stageClient();
    const consumer = client.queue("jobs").consume(() => {});
    await settle();
    start();
    admit(["receipt"]);
    expect(await consumer.closed()).toMatchObject({ code: "client/unsupported" });
  });
});

describe("two handlers of one queue", () => {
  it("each get what they asked for, in turn", async () => {
    const queues = stageQueues();
    const seen: string[] = [];
    const jobs = queues.client.queue("jobs");
    jobs.consume(({ id }) => void seen.push(`1${id}`));
    jobs.consume(({ id }) => void seen.push(`2${id}`));
    await settle();
    for (const id of ["a", "b", "c", "d"]) await queues.give(id);
    expect(seen).toEqual(["1a", "2b", "1c", "2d"]);
  });

  it("do not take what the other has asked for with them when they stop", async () => {
    const queues = stageQueues();
    const [left, stays] = [holdWork(), holdWork()];
    const jobs = queues.client.queue("jobs");
    const consumer = jobs.consume(left.handler, { concurrency: 2 });
    jobs.consume(stays.handler, { concurrency: 2 });
    await settle();
    void consumer.stop();
    await settle();
    await queues.give("a", "b", "c");
    await queues.answer();
    expect([left.jobs.length, stays.jobs.map(({ id }) => id), queues.asked]).toEqual([2, ["c"], 1]);
  });
});
