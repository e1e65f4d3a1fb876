import { describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { holdWork, stageQueues } from "./queue.kit.ts";

/** A handler at work on one job, in a stage whose time stands still. */
async function stage() {
  const queues = stageQueues();
  const work = holdWork();
  queues.client.queue("jobs").consume(work.handler);
  await settle();
  await queues.give("a");
  return { queues, work, job: work.jobs[0]! };
}

describe("a lease", () => {
  it("is extended when half of it is over, as long as the job is in hand", async () => {
    const { queues, work } = await stage();
    queues.platform.step(7499);
    expect(queues.extensions()).toEqual([]);
    queues.platform.step(1);
    expect(queues.socket.of("QUEUE_EXTEND")[0]!.d).toEqual({ queue: "jobs", id: "a", ms: 15_000 });
    await queues.answer();
    queues.platform.step(7500);
    expect(queues.extensions()).toEqual(["a", "a"]);
    await work.finish("a");
    queues.platform.step(60_000);
    expect(queues.extensions()).toEqual(["a", "a"]);
  });

  it("that somebody else has got aborts the job's signal, with the reason", async () => {
    const { queues, work, job } = await stage();
    const { signal } = job;
    queues.platform.step(7500);
    await queues.refuse("QUEUE_EXTEND", "queue/not-leased");
    expect(signal.reason).toMatchObject({ code: "queue/not-leased" });
    queues.platform.step(60_000);
    expect(queues.extensions()).toEqual(["a"]);
    await work.finish("a", signal.reason);
    expect([queues.nacks(), queues.reports]).toEqual([["a"], []]);
  });

  it("that was lost is told to whoever asks for the signal afterwards", async () => {
    const { queues, job } = await stage();
    queues.platform.step(7500);
    await queues.refuse("QUEUE_EXTEND", "queue/not-leased");
    expect(job.signal.aborted).toBe(true);
    await expect(job.extend(1000)).rejects.toMatchObject({ code: "queue/not-leased" });
  });

  it("may still be acknowledged, for nobody else may have got the job", async () => {
    const { queues, work } = await stage();
    queues.platform.step(7500);
    await queues.refuse("QUEUE_EXTEND", "queue/not-leased");
    await work.finish("a");
    expect(queues.acks()).toEqual(["a"]);
    await queues.refuse("QUEUE_ACK", "queue/not-leased");
    expect(queues.reports).toEqual([]);
  });

  it("outlives an extension that nobody answered", async () => {
    const { queues, job } = await stage();
    queues.platform.step(7500);
    queues.platform.step(10_000);
    await settle();
    expect([job.signal.aborted, queues.extensions().length]).toEqual([false, 2]);
  });
});

describe("the lease of a job that could not be acknowledged for now", () => {
  it("is extended again while somebody works on it", async () => {
    const { queues, job } = await stage();
    const ack = watch(job.ack());
    await queues.refuse("QUEUE_ACK", "queue/unavailable");
    expect(ack.value).toBe("queue/unavailable");
    queues.platform.step(7500);
    expect(queues.extensions()).toEqual(["a"]);
    await queues.answer();
    queues.platform.step(7500);
    expect(queues.extensions()).toEqual(["a", "a"]);
  });

  it("is extended at once where half of it was over when the time for an answer was", async () => {
    const { queues, job } = await stage();
    const ack = watch(job.ack());
    queues.platform.step(10_000);
    await settle();
    expect([ack.value, queues.extensions()]).toEqual(["client/timeout", []]);
    queues.platform.step(0);
    expect(queues.extensions()).toEqual(["a"]);
  });

  it("runs out where nobody works on it any more, so that it comes again", async () => {
    const { queues, work, job } = await stage();
    void job.ack();
    await work.finish("a");
    await queues.refuse("QUEUE_ACK", "queue/unavailable");
    queues.platform.step(60_000);
    expect([queues.extensions(), queues.acks(), queues.reports]).toEqual([[], ["a"], ["queue/unavailable"]]);
  });

  it("runs out where it was given to a consumer that had left, and could not be given back", async () => {
    const queues = stageQueues();
    void queues.client.queue("jobs").push("worker", 1);
    await settle();
    await queues.give("a");
    expect(queues.nacks()).toEqual(["a"]);
    await queues.refuse("QUEUE_NACK", "queue/unavailable");
    queues.platform.step(60_000);
    expect([queues.nacks(), queues.extensions()]).toEqual([["a"], []]);
  });

  it("is not extended where the job was lost meanwhile", async () => {
    const { queues, job } = await stage();
    void job.ack();
    await settle();
    queues.cut();
    await settle();
    queues.comeBack();
    queues.platform.step(60_000);
    expect([job.signal.aborted, queues.extensions()]).toEqual([true, []]);
  });
});

describe("a lease that its holder wants longer", () => {
  it("is extended by itself only when it comes to its end", async () => {
    const { queues, job } = await stage();
    const extended = watch(job.extend(60_000));
    expect(queues.socket.of("QUEUE_EXTEND")[0]!.d.ms).toBe(60_000);
    await queues.answer();
    expect(extended.value).toBeUndefined();
    queues.platform.step(52_499);
    expect(queues.extensions()).toHaveLength(1);
    queues.platform.step(1);
    expect(queues.socket.of("QUEUE_EXTEND").map(({ d }) => d.ms)).toEqual([60_000, 15_000]);
  });

  it("or shorter is extended in half of that time", async () => {
    const { queues, job } = await stage();
    void job.extend(1000);
    await queues.answer();
    queues.platform.step(500);
    expect(queues.socket.of("QUEUE_EXTEND").map(({ d }) => d.ms)).toEqual([1000, 15_000]);
  });

  it.each([0, -1, Number.NaN])("by %d ms is not", async (ms) => {
    const { queues, job } = await stage();
    await expect(job.extend(ms)).rejects.toMatchObject({ code: "client/invalid-value" });
    queues.platform.step(7500);
    expect(queues.extensions()).toHaveLength(1);
  });

  it("is refused once the job is settled", async () => {
    const { job } = await stage();
    void job.ack();
    await expect(job.extend(1000)).rejects.toMatchObject({ code: "queue/not-leased", message: "the job is settled" });
  });
});

describe("how long leases are", () => {
  async function firstExtensionMs(limits: object): Promise<unknown> {
    const base = stageQueues();
    base.cut();
    base.platform.step(10_000);
    base.admit(undefined, limits);
    base.client.queue("jobs").consume(holdWork().handler);
    await settle();
    await base.give("a");
    base.platform.step(7500);
    return base.socket.of("QUEUE_EXTEND")[0]?.d.ms;
  }

  it("is what the server says, and what it usually says where that makes no sense", async () => {
    expect(await firstExtensionMs({ queue_lease_ms: 1000 })).toBe(1000);
    for (const nonsense of [0, -5, 99, "1000", null, Number.NaN]) {
      expect(await firstExtensionMs({ queue_lease_ms: nonsense })).toBe(15_000);
    }
    expect(await firstExtensionMs([])).toBe(15_000);
  });
});
