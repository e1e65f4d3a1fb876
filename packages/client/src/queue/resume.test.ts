import { describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { holdWork, stageQueues } from "./queue.kit.ts";
import type { ConsumeOptions } from "./queue.ts";

/** A consumer whose server lets it resume. */
async function stage(options?: ConsumeOptions) {
  const queues = stageQueues();
  queues.cut();
  queues.platform.step(1000);
  queues.admit(undefined, undefined, { session: "s1" });
  queues.platform.step(1000);
  const work = holdWork();
  const consumer = queues.client.queue("jobs").consume(work.handler, options);
  await settle();
  return { queues, work, consumer };
}

describe("when the connection breaks and is resumed", () => {
  it("what is in hand stays in hand, and is settled on the new one", async () => {
    const { queues, work } = await stage({ concurrency: 2 });
    await queues.give("a", "b");
    queues.cut();
    await work.finish("a");
    expect(work.jobs.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    queues.resume(1);
    await work.finish("b");
    expect(queues.acks()).toEqual(["a", "b"]);
    await queues.answer();
    expect(queues.reports).toEqual([]);
  });

  it("what was asked for and has not come may still come, and is not asked for again", async () => {
    const { queues, work } = await stage({ concurrency: 3 });
    await queues.give("a");
    queues.cut();
    queues.resume(1);
    await settle();
    expect(queues.asked).toBe(0);
    await queues.give("b", "c");
    expect(work.jobs.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    await work.finish("b");
    expect(queues.asked).toBe(1);
  });

  it("an acknowledgement that was under way gets its answer", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const acked = watch(work.jobs[0]!.ack());
    queues.cut();
    queues.resume(1);
    expect(queues.acks()).toEqual(["a"]);
    await queues.answer();
    expect(acked.value).toBeUndefined();
  });

  it("leases are extended as soon as that can be done", async () => {
    const { queues } = await stage();
    await queues.give("a");
    queues.cut();
    queues.platform.step(8000);
    queues.resume(1);
    expect(queues.extensions()).toEqual(["a"]);
  });

  it("what comes twice is had once", async () => {
    const { queues, work } = await stage({ concurrency: 2 });
    const give = (seq: number): void =>
      queues.say({
        op: 4,
        t: "QUEUE",
        seq,
        d: { payload: { queue: "jobs", id: `j${seq}`, attempt: 1, payload: null } },
      });
    give(1);
    queues.cut();
    queues.resume(1);
    give(1);
    give(2);
    await settle();
    expect(work.jobs.map(({ id }) => id)).toEqual(["j1", "j2"]);
  });

  it("a consumer that was stopped meanwhile takes back what it asked for, and ends", async () => {
    const { queues, work, consumer } = await stage({ concurrency: 2 });
    await queues.give("a");
    queues.cut();
    const stopped = watch(consumer.stop());
    await settle();
    queues.resume(1);
    expect(queues.socket.of("QUEUE_REQUEST_CANCEL")).toHaveLength(1);
    await queues.answer();
    expect(stopped.value).toBe("pending");
    await work.finish("a");
    await queues.answer();
    expect(stopped.value).toBeUndefined();
  });
});

describe("when the connection breaks and cannot be resumed", () => {
  it("what is in hand is lost once that is certain; acknowledgements that waited fail, and are not sent", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const { signal } = work.jobs[0]!;
    queues.cut();
    const acked = watch(work.jobs[0]!.ack());
    await settle();
    expect([signal.aborted, acked.value]).toEqual([false, "pending"]);
    queues.comeBack();
    await settle();
    expect([signal.reason, acked.value]).toMatchObject([{ code: "client/connection-lost" }, "client/connection-lost"]);
    await work.finish("a");
    expect([queues.acks(), queues.reports, queues.asked]).toEqual([[], [], 1]);
  });

  it("a consumer that was stopped meanwhile ends, and takes nothing back", async () => {
    const { queues, consumer } = await stage();
    queues.cut();
    const stopped = watch(consumer.stop());
    await settle();
    expect(stopped.value).toBe("pending");
    queues.comeBack();
    await settle();
    expect(stopped.value).toBeUndefined();
    expect(queues.socket.of("QUEUE_REQUEST_CANCEL")).toEqual([]);
  });
});
