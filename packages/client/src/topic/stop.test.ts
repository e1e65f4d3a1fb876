import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { holdWork, stageTopics } from "./topic.kit.ts";
import type { SubscribeOptions, TopicEvent } from "./topic.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

async function stage(options?: SubscribeOptions) {
  const topics = stageTopics();
  const work = holdWork();
  const subscription = topics.client.subscribe(["a.*", "b"], work.handler, options);
  await settle();
  await topics.answer();
  return { topics, work, subscription };
}

describe("a subscription that is stopped", () => {
  it("is taken back, and over once what is at work is finished and stored", async () => {
    const { topics, work, subscription } = await stage({ concurrency: 2 });
    await topics.give("a", "b");
    const stopped = watch(subscription.stop());
    await settle();
    expect(topics.said("UNSUBSCRIBE")).toEqual([{ topics: ["a.*", "b"], group: "api" }]);
    await topics.answer();
    await work.finish("b");
    await work.finish("a");
    expect([topics.acks(), stopped.value]).toEqual([["b", "a"], "pending"]);
    await topics.answer();
    expect([stopped.value, await subscription.closed()]).toEqual([undefined, null]);
    expect(topics.platform.timers).toBe(1);
  });

  it("is over only when the server has it, and gives back what comes before", async () => {
    const { topics, work, subscription } = await stage({ concurrency: 2 });
    const stopped = watch(subscription.stop());
    await settle();
    await topics.give("a");
    expect([work.events, topics.said("NACK"), stopped.value]).toEqual([[], [{ id: "a", delay_ms: 0 }], "pending"]);
    await topics.answer();
    expect(stopped.value).toBeUndefined();
  });

  it("gives back what was not begun, and after it was taken back: else it would come again", async () => {
    const { topics, work, subscription } = await stage();
    await topics.give("a", "b", "c");
    void subscription.stop();
    await settle();
    const sent = topics.socket.sent.slice(-3).map(({ t, d }) => [t, d.id, d.delay_ms]);
    expect(sent).toEqual([
      ["UNSUBSCRIBE", undefined, undefined],
      ["NACK", "b", 0],
      ["NACK", "c", 0],
    ]);
    await work.finish("a");
    await topics.answer();
    expect([await subscription.closed(), topics.acks()]).toEqual([null, ["a"]]);
  });

  it("works through what counts as dealt with, for nobody else will", async () => {
    const { topics, work, subscription } = await stage({ ack: "none" });
    await topics.give("a", "b");
    const stopped = watch(subscription.stop());
    await settle();
    await topics.give("c");
    await topics.answer();
    for (const id of ["a", "b"]) await work.finish(id);
    expect(stopped.value).toBe("pending");
    await work.finish("c");
    expect([stopped.value, work.events.length]).toEqual([undefined, 3]);
  });

  it("waits no longer for a server that does not answer than for any answer", async () => {
    const { topics, subscription } = await stage();
    const stopped = watch(subscription.stop());
    await settle();
    topics.platform.step(10_000);
    await settle();
    expect(stopped.value).toBeUndefined();
  });

  it("by its signal, before or after it began, is stopped as well", async () => {
    const controller = new AbortController();
    const { topics, subscription } = await stage({ signal: controller.signal });
    controller.abort();
    await topics.answer();
    expect(await subscription.closed()).toBeNull();
    const late = topics.client.subscribe("c", () => {}, { signal: controller.signal });
    expect(await late.closed()).toBeNull();
    await expect(late.subscribed()).rejects.toMatchObject({ code: "client/aborted" });
    expect(topics.said("SUBSCRIBE")).toHaveLength(1);
  });

  it("before the server had it is taken back all the same", async () => {
    const topics = stageTopics();
    const subscription = topics.client.subscribe("a", () => {});
    const subscribed = watch(subscription.subscribed());
    const stopped = watch(subscription.stop());
    await settle();
    await topics.answer();
    expect([topics.said("UNSUBSCRIBE").length, stopped.value]).toEqual([1, undefined]);
    expect(["client/aborted", undefined]).toContain(subscribed.value);
  });

  it("is told no more, and does not tell again, whatever it waited for", async () => {
    const topics = stageTopics();
    const subscription = topics.client.subscribe("a", () => {});
    await settle();
    await topics.refuse("SUBSCRIBE", "topic/too-many");
    void subscription.stop();
    await settle();
    await topics.answer();
    expect(topics.platform.timers).toBe(1);
    topics.platform.step(60_000);
    expect([await subscription.closed(), topics.said("SUBSCRIBE").length]).toEqual([null, 1]);
  });
});

describe("a client", () => {
  it("that drains stops its subscriptions, finishes what is at work, and then closes", async () => {
    const { topics, work } = await stage();
    await topics.give("a");
    const drained = watch(topics.client.drain());
    await settle();
    await topics.answer();
    expect([topics.said("UNSUBSCRIBE").length, drained.value]).toEqual([1, "pending"]);
    await work.finish("a");
    await topics.answer();
    await settle();
    expect([drained.value, topics.acks(), topics.client.connected]).toEqual([undefined, ["a"], false]);
  });

  it("that drains, or is closed, has no new subscriptions", async () => {
    const { topics, work } = await stage();
    await topics.give("a");
    void topics.client.drain();
    const late = topics.client.subscribe("c", () => {});
    expect(await late.closed()).toMatchObject({ code: "client/closed" });
    await topics.client.close();
    expect(await topics.client.subscribe("c", () => {}).closed()).toMatchObject({ code: "client/closed" });
    expect(work.events[0]!.signal.aborted).toBe(true);
  });

  it("that is closed ends its subscriptions at once", async () => {
    const { topics, work, subscription } = await stage();
    await topics.give("a", "b");
    void topics.client.close();
    expect(await subscription.closed()).toBeNull();
    await work.finish("a");
    expect([topics.acks(), topics.nacks(), topics.reports]).toEqual([[], [], []]);
  });
});

describe("a loop", () => {
  async function loop(options?: SubscribeOptions) {
    const topics = stageTopics();
    const events = topics.client.subscribe<string>("a.*", options);
    await settle();
    await topics.answer();
    return { topics, events };
  }

  it("has each event acknowledged when it comes round for the next", async () => {
    const { topics, events } = await loop();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { id, payload } of events) seen.push(`${id} ${payload}`);
    })();
    await topics.give("a");
    await topics.give("b");
    expect([seen, topics.acks()]).toEqual([
      ["a p-a", "b p-b"],
      ["a", "b"],
    ]);
    void events.stop();
    await settle();
    await topics.answer();
    await reading;
  });

  it("that is left refuses the event at hand, and gives back what it had not come to", async () => {
    const { topics, events } = await loop({ concurrency: 2 });
    await topics.give("a", "b", "c");
    const left = watch(
      (async () => {
        for await (const _ of events) break;
      })(),
    );
    await settle();
    await topics.answer();
    expect(topics.socket.sent.slice(-4).map(({ t, d }) => [t, d.id, d.delay_ms])).toEqual([
      ["NACK", "a", 1000],
      ["UNSUBSCRIBE", undefined, undefined],
      ["NACK", "b", 0],
      ["NACK", "c", 0],
    ]);
    expect(left.value).toBeUndefined();
  });

  it("that is left leaves unread what counts as dealt with", async () => {
    const { topics, events } = await loop({ ack: "none" });
    await topics.give("a", "b", "c");
    await events.next();
    const left = watch(events.return());
    await settle();
    await topics.answer();
    expect([left.value, topics.socket.of("NACK")]).toEqual([{ done: true, value: undefined }, []]);
  });

  it("may acknowledge early, and gets the next one into its hands meanwhile", async () => {
    const { topics, events } = await loop();
    await topics.give("a", "b");
    const { value: first } = (await events.next()) as { value: TopicEvent };
    void first.ack();
    await topics.answer();
    expect((await events.next()).value).toMatchObject({ id: "b" });
    expect(topics.acks()).toEqual(["a"]);
  });

  it("fails with what the server refuses it for", async () => {
    const topics = stageTopics();
    const events = topics.client.subscribe("a.*");
    const next = watch(events.next());
    await settle();
    await topics.refuse("SUBSCRIBE", "dispatch/restricted");
    expect(next.value).toBe("dispatch/restricted");
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});
