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

async function stage(options?: ConsumeOptions, servers = "a") {
  const queues = stageQueues({ servers: servers.split(" ") });
  const work = holdWork();
  const consumer = queues.client.queue("jobs").consume(work.handler, options);
  await settle();
  return { queues, work, consumer };
}

describe("when the connection is lost", () => {
  it("what is in hand is lost with it, and is not settled", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const { signal } = work.jobs[0]!;
    queues.cut();
    expect(signal.reason).toMatchObject({ code: "client/connection-lost" });
    await expect(work.jobs[0]!.ack()).rejects.toMatchObject({ code: "client/connection-lost" });
    await expect(work.jobs[0]!.extend(5)).rejects.toMatchObject({ code: "client/connection-lost" });
    queues.comeBack();
    await work.finish("a");
    expect([queues.acks(), queues.nacks(), queues.reports]).toEqual([[], [], []]);
  });

  it("the next one is asked for what is missing, which what is still at work is not", async () => {
    const { queues, work } = await stage({ concurrency: 3 });
    await queues.give("a");
    queues.cut();
    queues.comeBack();
    await settle();
    expect(queues.asked).toBe(2);
    await work.finish("a");
    expect(queues.asked).toBe(3);
    await queues.give("b", "c", "d", "e");
    expect(work.jobs.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  });

  it("nothing is asked for until the next one stands", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    queues.cut();
    await work.finish("a");
    queues.platform.step(10_000);
    await settle();
    expect(queues.socket.of("QUEUE_REQUEST")).toEqual([]);
    queues.admit();
    await settle();
    expect(queues.asked).toBe(1);
  });

  it("an acknowledgement that was under way fails, and is not sent again", async () => {
    const { queues, work } = await stage();
    await queues.give("a");
    const ack = watch(work.jobs[0]!.ack());
    queues.cut();
    await settle();
    expect(ack.value).toBe("client/connection-lost");
    queues.comeBack();
    await work.finish("a");
    expect([queues.acks(), queues.reports]).toEqual([[], []]);
  });

  it("a job may come again while its handler is still at work on it", async () => {
    const { queues, work } = await stage({ concurrency: 2 });
    await queues.give("a");
    queues.cut();
    queues.comeBack();
    await settle();
    await queues.giveAs({ id: "a", attempt: 2 });
    expect(work.jobs.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(work.jobs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it("and the client was stopping, it has nothing more to wait for than its handlers", async () => {
    const { queues, work, consumer } = await stage({ concurrency: 2 });
    await queues.give("a");
    const stopped = watch(consumer.stop());
    await settle();
    queues.cut();
    await settle();
    expect(stopped.value).toBe("pending");
    await work.finish("a");
    expect(stopped.value).toBeUndefined();
    queues.comeBack();
    expect(queues.socket.sent.map(({ t }) => t).filter(Boolean)).toEqual([]);
  });
});

describe("when a server says goodbye", () => {
  it("what is in hand is lost, for the server gives it to others at once", async () => {
    const { queues, work } = await stage({}, "a b");
    await queues.give("a");
    const { signal } = work.jobs[0]!;
    const old = queues.socket;
    queues.say({ op: 7, d: { reason: "drain" } });
    expect(signal.aborted).toBe(true);
    queues.admit();
    await work.finish("a");
    expect([old.of("QUEUE_ACK"), queues.acks(), queues.asked]).toEqual([[], [], 1]);
  });

  it("what the old connection still brings is let go until the new one stands", async () => {
    const { queues, work } = await stage({}, "a b");
    const old = queues.socket;
    queues.say({ op: 7, d: { reason: "drain" } });
    const payload = { queue: "jobs", id: "a", attempt: 1, payload: null };
    old.tell.message(JSON.stringify({ op: 4, t: "QUEUE", d: { payload } }));
    queues.admit();
    await settle();
    expect([work.jobs, queues.asked]).toEqual([[], 1]);
  });
});

describe("a consumer that was made", () => {
  it("before any connection stands asks once one does", async () => {
    const queues = stageQueues();
    queues.cut();
    queues.client.queue("jobs").consume(() => {}, { concurrency: 2 });
    await settle();
    queues.comeBack();
    await settle();
    expect(queues.asked).toBe(2);
  });

  it("as the connection stands, or is about to go, asks once", async () => {
    const queues = stageQueues();
    const jobs = queues.client.queue("jobs");
    let consumers = 0;
    const consume = () => {
      if (consumers++ < 2) jobs.consume(() => {});
    };
    queues.client.on("connected", consume);
    queues.client.queue("other").consume(() => {});
    await settle();
    queues.client.on("connected", consume);
    queues.cut();
    queues.comeBack();
    await settle();
    expect([consumers, queues.asked]).toEqual([2, 2]);
  });

  it("as a server says goodbye asks the next one", async () => {
    const { queues } = await stage({}, "a b");
    queues.client.on("goodbye", () => void queues.client.queue("jobs").consume(() => {}));
    queues.say({ op: 7, d: { reason: "drain" } });
    queues.admit();
    await settle();
    expect(queues.asked).toBe(2);
  });
});
