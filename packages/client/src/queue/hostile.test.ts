import { describe, expect, it } from "vitest";
import { settle } from "../create-client.kit.ts";
import { holdWork, stageQueues } from "./queue.kit.ts";

async function stage(concurrency = 1) {
  const queues = stageQueues();
  const work = holdWork();
  queues.client.queue("jobs").consume(work.handler, { concurrency });
  await settle();
  return { queues, work };
}

describe("what a server should not send", () => {
  it.each([
    null,
    {},
    { payload: null },
    { payload: [] },
    { payload: { queue: "jobs", id: 1, attempt: 1 } },
    { payload: { queue: "jobs", id: "a" } },
    { payload: { queue: 1, id: "a", attempt: 1 } },
  ])("as a message of a queue is passed over: %j", async (d) => {
    const { queues, work } = await stage();
    queues.dispatch("QUEUE", d as never);
    await queues.give("b");
    expect([work.jobs.map(({ id }) => id), queues.client.connected]).toEqual([["b"], true]);
  });

  it("twice counts once", async () => {
    const { queues, work } = await stage(3);
    await queues.give("a", "a");
    expect([work.jobs.length, queues.nacks()]).toEqual([1, []]);
    await work.finish("a");
    await queues.give("a");
    expect([work.jobs.length, queues.acks(), queues.nacks()]).toEqual([1, ["a"], []]);
  });

  it("unasked is given back at once", async () => {
    const { queues, work } = await stage();
    await queues.give("a", "b");
    await queues.giveAs({ id: "c" }, "nobody's");
    expect(work.jobs.map(({ id }) => id)).toEqual(["a"]);
    expect(queues.socket.of("QUEUE_NACK").map(({ d }) => d)).toEqual([
      { queue: "jobs", id: "b", delay_ms: 0 },
      { queue: "nobody's", id: "c", delay_ms: 0 },
    ]);
    await queues.refuse("QUEUE_NACK", "queue/not-leased");
    expect(queues.reports).toEqual([]);
  });

  it("to a client without queues is passed over", async () => {
    const queues = stageQueues();
    await queues.give("a");
    expect([queues.nacks(), queues.client.connected]).toEqual([[], true]);
  });

  it("as an answer that nobody waits for is passed over", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    for (const t of ["QUEUE_CONFIRM", "QUEUE_SETTLED", "QUEUE_EXTENDED"]) {
      for (const nonce of [null, 5, "unknown", {}]) queues.dispatch(t, { queue: "jobs", id: "a", nonce });
    }
    await work.finish("a");
    expect([queues.acks(), queues.reports]).toEqual([["a"], []]);
  });

  it("given out anew while it is still in hand is another job, and the first one is lost", async () => {
    const { queues, work } = await stage(2);
    await queues.give("a");
    await queues.giveAs({ id: "a", attempt: 2 });
    expect(work.jobs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    queues.platform.step(7500);
    expect(queues.extensions()).toEqual(["a"]);
  });

  it("with headers that are none has none", async () => {
    const { queues, work } = await stage();
    queues.dispatch("QUEUE", { payload: { queue: "jobs", id: "a", attempt: 1 }, headers: "x" });
    await settle();
    expect(work.jobs[0]).toMatchObject({ headers: {}, payload: undefined });
  });
});
