import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { holdWork, stageQueues } from "./queue.kit.ts";
import type { ConsumeOptions } from "./queue.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

async function stage(options?: ConsumeOptions) {
  const queues = stageQueues();
  const work = holdWork();
  const consumer = queues.client.queue("jobs").consume(work.handler, options);
  await settle();
  return { queues, work, consumer };
}

describe("a consumer that is stopped", () => {
  it("takes its requests back, finishes what has come, and has it stored", async () => {
    const { queues, work, consumer } = await stage({ concurrency: 3 });
    await queues.give("a");
    const stopped = watch(consumer.stop());
    await settle();
    expect(queues.socket.of("QUEUE_REQUEST_CANCEL").map(({ d }) => d)).toEqual([{ queue: "jobs" }]);
    await queues.give("b");
    await queues.answer();
    expect([work.jobs.length, stopped.value]).toEqual([2, "pending"]);
    await work.finish("b");
    await work.finish("a");
    expect([queues.acks(), stopped.value]).toEqual([["b", "a"], "pending"]);
    await queues.answer();
    expect([stopped.value, await consumer.closed(), queues.asked]).toEqual([undefined, null, 0]);
    expect(queues.platform.timers).toBe(1);
  });

  it("waits no longer for a server that does not answer than for any answer", async () => {
    const { queues, consumer } = await stage();
    const stopped = watch(consumer.stop());
    await settle();
    queues.platform.step(10_000);
    await settle();
    expect(stopped.value).toBeUndefined();
  });

  it("is stopped once, whoever asks", async () => {
    const { queues, consumer } = await stage();
    const all = Promise.all([consumer.stop(), consumer.stop(), consumer[Symbol.asyncDispose]()]);
    await settle();
    await queues.answer();
    await all;
    expect(queues.socket.of("QUEUE_REQUEST_CANCEL")).toHaveLength(1);
  });

  it("has nothing to take back where all it asked for is in hand", async () => {
    const { queues, work, consumer } = await stage();
    await queues.give("a");
    void consumer.stop();
    await settle();
    await work.finish("a");
    await queues.answer();
    expect([await consumer.closed(), queues.socket.of("QUEUE_REQUEST_CANCEL")]).toEqual([null, []]);
  });

  it("is followed by another one of the same queue, which asks for its own", async () => {
    const { queues, consumer } = await stage();
    void consumer.stop();
    await settle();
    const work = holdWork();
    queues.client.queue("jobs").consume(work.handler);
    await settle();
    await queues.answer();
    expect([await consumer.closed(), queues.asked]).toEqual([null, 1]);
    await queues.give("a");
    expect(work.jobs.map(({ id }) => id)).toEqual(["a"]);
  });

  it("by its signal, before or after it began, is stopped as well", async () => {
    const controller = new AbortController();
    const { queues, consumer } = await stage({ signal: controller.signal });
    controller.abort();
    await queues.answer();
    expect(await consumer.closed()).toBeNull();
    const late = queues.client.queue("jobs").consume(() => {}, { signal: controller.signal });
    expect(await late.closed()).toBeNull();
    expect(queues.asked).toBe(0);
  });

  it("has its pause after a refusal ended", async () => {
    const { queues, consumer } = await stage();
    await queues.refuse("QUEUE_REQUEST", "queue/too-many-requests");
    await consumer.stop();
    expect(queues.platform.timers).toBe(1);
  });
});

describe("a client that drains", () => {
  it("stops its consumers, and closes once their work is stored", async () => {
    const { queues, work, consumer } = await stage({ concurrency: 2 });
    await queues.give("a");
    const drained = watch(queues.client.drain());
    await settle();
    await queues.answer();
    expect(drained.value).toBe("pending");
    await work.finish("a");
    expect([queues.acks(), drained.value]).toEqual([["a"], "pending"]);
    await queues.answer();
    expect([drained.value, await consumer.closed(), queues.platform.timers]).toEqual([undefined, null, 0]);
  });

  it("while queues are being loaded waits for what was pushed", async () => {
    const queues = stageQueues();
    const pushed = watch(queues.client.queue("jobs").push("worker", 1));
    const drained = watch(queues.client.drain());
    await settle();
    await settle();
    expect([pushed.value, drained.value]).toEqual(["pending", "pending"]);
    await queues.answer();
    expect([pushed.value, drained.value]).toEqual([{ id: "s-1" }, undefined]);
  });

  it("while queues are being loaded has nothing done by a consumer", async () => {
    const queues = stageQueues();
    const consumer = queues.client.queue("jobs").consume(() => {});
    await queues.client.drain();
    expect([await consumer.closed(), queues.asked, queues.platform.timers]).toEqual([null, 0, 0]);
  });

  it("waits no longer than it may for a handler that never ends, and ends its consumer", async () => {
    const { queues, work, consumer } = await stage();
    await queues.give("a");
    const drained = watch(queues.client.drain({ timeoutMs: 50 }));
    await settle();
    queues.platform.step(50);
    await settle();
    expect([drained.value, work.jobs[0]!.signal.aborted]).toEqual(["client/timeout", true]);
    expect([await consumer.closed(), queues.platform.timers]).toEqual([null, 0]);
    await work.finish("a");
  });
});

describe("a client that is closed", () => {
  it("ends its consumers, and what they have is lost", async () => {
    const { queues, work, consumer } = await stage();
    await queues.give("a");
    const { signal } = work.jobs[0]!;
    await queues.client.close();
    expect([signal.aborted, await consumer.closed(), queues.platform.timers]).toEqual([true, null, 0]);
    await consumer.stop();
    await work.finish("a", new Error("cut off"));
    expect(queues.acks()).toEqual([]);
  });

  it("for a reason tells its consumers", async () => {
    const { queues, consumer } = await stage();
    queues.stop(Object.assign(new Error(), { code: "identify/invalid" }) as never);
    expect(await consumer.closed()).toMatchObject({ code: "identify/invalid" });
  });

  it("has no consumers afterwards", async () => {
    const { queues } = await stage();
    await queues.client.close();
    const jobs = queues.client.queue("jobs");
    expect(await jobs.consume(() => {}).closed()).toMatchObject({ code: "client/closed" });
    await expect(jobs.consume().next()).rejects.toMatchObject({ code: "client/closed" });
  });

  it("fails in silence where nobody awaits it, whatever is asked of queues and however that ends", async () => {
    const queues = stageQueues();
    const ask = (): void => {
      const jobs = queues.client.queue("jobs");
      void jobs.push("worker", 1);
      void jobs.push("worker", () => {});
      void jobs.push("worker", 1, { id: "a" });
      const loop = jobs.consume();
      void loop.next();
      void loop.stop();
      void jobs.consume(() => Promise.reject(new Error())).stop();
    };
    ask();
    await settle();
    ask();
    queues.cut();
    ask();
    await queues.client.close();
    ask();
  });
});
