import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, stageClient, watch } from "../create-client.kit.ts";
import { holdWork, stageTopics } from "./topic.kit.ts";
import type { SubscribeOptions } from "./topic.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

/** A subscription whose events the test finishes. */
async function stage(options?: SubscribeOptions) {
  const topics = stageTopics();
  const work = holdWork();
  const subscription = topics.client.subscribe("a.*", work.handler, options);
  await settle();
  return { topics, work, subscription };
}

describe("a subscription", () => {
  it("tells the server what it wants, and no more than was said", async () => {
    const { topics } = await stage();
    expect(topics.said("SUBSCRIBE")).toEqual([{ topics: ["a.*"], group: "api", max_in_flight: 1 }]);
    topics.client.subscribe(["a", "b.>", "a"], () => {}, {
      group: "others",
      from: "earliest",
      concurrency: 3.9,
      ackMs: 500,
    });
    topics.client.subscribe("c", () => {}, { ack: "none", concurrency: 5, ackMs: 1 });
    await settle();
    expect(topics.said("SUBSCRIBE").slice(1)).toEqual([
      { topics: ["a", "b.>"], group: "others", from: "earliest", max_in_flight: 3, ack_ms: 500 },
      { topics: ["c"], group: "api", ack: "none" },
    ]);
  });

  it("asks for no more at a time than a server takes", async () => {
    const { topics } = await stage({ concurrency: Number.POSITIVE_INFINITY });
    expect(topics.said("SUBSCRIBE")[0]!.max_in_flight).toBe(10_000);
  });

  it("says when the server has it", async () => {
    const { topics, subscription } = await stage();
    const subscribed = watch(subscription.subscribed());
    await settle();
    expect(subscribed.value).toBe("pending");
    await topics.answer();
    expect(subscribed.value).toBeUndefined();
  });

  it("that is refused for now is told again a second later", async () => {
    const { topics, subscription } = await stage();
    await topics.refuse("SUBSCRIBE", "topic/too-many");
    expect([topics.said("SUBSCRIBE").length, topics.reports]).toEqual([1, ["topic/too-many"]]);
    topics.platform.step(1000);
    expect(topics.said("SUBSCRIBE")).toHaveLength(2);
    await topics.answer();
    await subscription.subscribed();
  });

  it("that is refused for good ends, with the reason, and that tells", async () => {
    const { topics, subscription } = await stage();
    const subscribed = watch(subscription.subscribed());
    await topics.refuse("SUBSCRIBE", "dispatch/invalid");
    expect(await subscription.closed()).toMatchObject({ code: "dispatch/invalid" });
    expect([subscribed.value, topics.reports]).toEqual(["dispatch/invalid", []]);
    await subscription.stop();
  });

  it("with a server that has no topics ends as well", async () => {
    const { client, start, admit } = stageClient();
    const subscription = client.subscribe("a", () => {});
    await settle();
    start();
    admit(["receipt"]);
    expect(await subscription.closed()).toMatchObject({ code: "client/unsupported" });
  });

  it.each([0, -1, Number.NaN])("with a concurrency of %d is none", (concurrency) => {
    const { client } = stageClient();
    expect(() => client.subscribe("a", () => {}, { concurrency })).toThrow("concurrency is 1 or more");
    expect(() => client.subscribe("a", { concurrency })).toThrow("concurrency is 1 or more");
  });
});

describe("a handler", () => {
  it("gets an event, which is acknowledged once it is done", async () => {
    const { topics, work } = await stage();
    await topics.giveAs({ id: "a", attempt: 2, payload: { n: 1 }, headers: { trace: "1" } });
    expect(work.events[0]).toMatchObject({
      id: "a",
      topic: "a.b",
      group: "api",
      attempt: 2,
      payload: { n: 1 },
      headers: { trace: "1" },
      wantsReply: false,
    });
    expect(topics.acks()).toEqual([]);
    await work.finish("a");
    expect(topics.said("ACK")).toEqual([{ id: "a" }]);
  });

  it("that throws has the event refused, for longer with each attempt, which is reported", async () => {
    const { topics, work } = await stage();
    for (const attempt of [1, 2, 6, 7, 20]) {
      await topics.giveAs({ id: `${attempt}`, attempt });
      await work.finish(`${attempt}`, new Error("broken"));
    }
    const delays = topics.said("NACK").map(({ delay_ms }) => delay_ms);
    expect(delays).toEqual([1000, 2000, 32_000, 60_000, 60_000]);
    expect(topics.reports).toEqual(Array(5).fill("client/handler-threw"));
  });

  it("may settle the event itself, and what comes after that counts for nothing", async () => {
    const topics = stageTopics();
    topics.client.subscribe("a.*", async (event) => {
      if (event.id === "a") await event.nack({ delayMs: 5 });
      else if (event.id === "b") await event.nack();
      else void event.ack();
      throw new Error("too late");
    });
    await settle();
    for (const id of ["a", "b", "c"]) {
      await topics.give(id);
      await topics.answer();
    }
    expect(topics.said("NACK")).toEqual([{ id: "a", delay_ms: 5 }, { id: "b" }]);
    expect(topics.acks()).toEqual(["c"]);
  });

  it("has its acknowledgement resolve once it is stored", async () => {
    const { topics, work } = await stage();
    await topics.give("a");
    const ack = watch(work.events[0]!.ack());
    await settle();
    expect([ack.value, topics.acks()]).toEqual(["pending", ["a"]]);
    await topics.answer();
    expect(ack.value).toBeUndefined();
  });

  it("is at work on no more than its concurrency, whatever a server sends", async () => {
    const { topics, work } = await stage({ concurrency: 2 });
    await topics.give("a", "b", "c", "d");
    expect(work.events.map(({ id }) => id)).toEqual(["a", "b"]);
    await work.finish("b");
    expect(work.events.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("has what finds no place in line given back for a second", async () => {
    const { topics, work } = await stage();
    await topics.give(...Array.from({ length: 1003 }, (_, i) => `${i}`));
    expect([work.events.length, topics.said("NACK")]).toEqual([
      1,
      [
        { id: "1001", delay_ms: 1000 },
        { id: "1002", delay_ms: 1000 },
      ],
    ]);
    await topics.refuse("NACK", "queue/not-leased");
    expect(topics.reports).toEqual([]);
  });
});

describe("the time to acknowledge an event", () => {
  it("aborts its signal when it is over, and leaves the acknowledgement to the server", async () => {
    const { topics, work } = await stage({ ackMs: 500 });
    await topics.give("a");
    const { signal } = work.events[0]!;
    topics.platform.step(499);
    expect(signal.aborted).toBe(false);
    topics.platform.step(1);
    expect(signal.reason).toMatchObject({ code: "queue/not-leased" });
    await work.finish("a");
    await topics.refuse("ACK", "queue/not-leased");
    expect([topics.acks(), topics.reports]).toEqual([["a"], []]);
  });

  it("is the server's where nobody says, and the usual one where that makes no sense", async () => {
    const firstMs = async (limits: object): Promise<number> => {
      const topics = stageTopics();
      topics.cut();
      topics.platform.step(10_000);
      topics.admit(["receipt", "topic"], limits);
      const work = holdWork();
      topics.client.subscribe("a.*", work.handler);
      await settle();
      await topics.give("a");
      const { signal } = work.events[0]!;
      for (let ms = 0; ms < 20_000; ms += 500) {
        if (signal.aborted) return ms;
        topics.platform.step(500);
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(await firstMs({ topic_ack_ms: 3000 })).toBe(3000);
    for (const nonsense of [0, -5, 99, "1000", null]) expect(await firstMs({ topic_ack_ms: nonsense })).toBe(15_000);
  });

  it("over while an event waits in line lets it go, for another member has it", async () => {
    const { topics, work } = await stage({ ackMs: 500 });
    await topics.give("a", "b");
    topics.platform.step(500);
    await work.finish("a");
    expect(work.events.map(({ id }) => id)).toEqual(["a"]);
    expect(topics.nacks()).toEqual([]);
  });

  it("over while the handler is at work lets the event come again, which is then its own", async () => {
    const { topics, work } = await stage({ ackMs: 500, concurrency: 2 });
    await topics.give("a");
    const [first] = work.events;
    topics.platform.step(500);
    await topics.giveAs({ id: "a", attempt: 2 });
    await expect(first!.nack()).rejects.toMatchObject({ code: "queue/not-leased" });
    expect([work.events.length, topics.nacks()]).toEqual([2, []]);
    await work.finish("a");
    expect(topics.acks()).toEqual(["a"]);
  });
});

describe("a line that is full", () => {
  it("makes room for what comes by letting go whose time is over", async () => {
    const { topics, work } = await stage({ ackMs: 500 });
    const many = (from: number) => Array.from({ length: 1000 }, (_, i) => `${from + i}`);
    await topics.give("at work", ...many(0));
    topics.platform.step(500);
    await topics.give(...many(1000));
    expect(topics.nacks()).toEqual([]);
    await work.finish("at work");
    expect(work.events.at(-1)!.id).toBe("1000");
  });
});

describe("an event that counts as dealt with", () => {
  it("is not acknowledged, nor lost, nor to be given back", async () => {
    const { topics, work } = await stage({ ack: "none", concurrency: 2 });
    await topics.give("a", "b");
    topics.platform.step(60_000);
    const [event] = work.events;
    expect(event!.signal.aborted).toBe(false);
    await event!.ack();
    await expect(event!.nack()).rejects.toMatchObject({ code: "queue/not-leased" });
    await work.finish("a");
    await work.finish("b", new Error("broken"));
    expect([topics.acks(), topics.nacks(), topics.reports]).toEqual([[], [], ["client/handler-threw"]]);
  });

  it("waits for the handler, and the oldest of more than a thousand is dropped, which is told", async () => {
    const { topics, work } = await stage({ ack: "none" });
    const dropped: number[] = [];
    topics.client.on("dropped", ({ count }) => void dropped.push(count));
    await topics.give(...Array.from({ length: 1003 }, (_, i) => `${i}`));
    await work.finish("0");
    expect([work.events.map(({ id }) => id), dropped]).toEqual([["0", "3"], [2]]);
  });
});
