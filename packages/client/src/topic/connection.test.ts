import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { caps, holdWork, stageTopics } from "./topic.kit.ts";
import type { SubscribeOptions } from "./topic.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

async function stage(options?: SubscribeOptions, servers = "a") {
  const topics = stageTopics({ servers: servers.split(" ") });
  const work = holdWork();
  const subscription = topics.client.subscribe("a.*", work.handler, options);
  await settle();
  return { topics, work, subscription };
}

describe("when the connection is lost", () => {
  it("the next one is told of every subscription anew", async () => {
    const { topics } = await stage({ from: "earliest", ackMs: 700 });
    await topics.answer();
    topics.client.subscribe("b", () => {}, { group: "g" });
    await settle();
    topics.cut();
    topics.comeBack();
    await settle();
    expect(topics.said("SUBSCRIBE")).toEqual([
      { topics: ["a.*"], group: "api", from: "earliest", max_in_flight: 1, ack_ms: 700 },
      { topics: ["b"], group: "g", max_in_flight: 1 },
    ]);
  });

  it("what is in hand is lost with it, and is not settled", async () => {
    const { topics, work } = await stage({ concurrency: 3 });
    await topics.give("a", "b", "c");
    const [first] = work.events;
    const { signal } = first!;
    topics.cut();
    expect(signal.reason).toMatchObject({ code: "client/connection-lost" });
    await expect(first!.ack()).rejects.toMatchObject({ code: "client/connection-lost" });
    topics.comeBack();
    await work.finish("a");
    await work.finish("b", new Error("broken"));
    await work.finish("c", work.events[2]!.signal.reason);
    expect([topics.acks(), topics.nacks(), topics.reports]).toEqual([[], [], ["client/handler-threw"]]);
  });

  it("an acknowledgement that was under way fails, quietly where nobody asked for it", async () => {
    const { topics, work } = await stage({ concurrency: 2 });
    await topics.give("a", "b");
    const ack = watch(work.events[0]!.ack());
    await work.finish("b");
    topics.cut();
    await settle();
    expect([ack.value, topics.reports]).toEqual(["client/connection-lost", []]);
  });

  it("what waits in line is let go, and what is still at work keeps its place", async () => {
    const { topics, work } = await stage();
    await topics.give("a", "b");
    topics.cut();
    topics.comeBack();
    await settle();
    await topics.giveAs({ id: "b", attempt: 2 });
    expect(work.events.map(({ id }) => id)).toEqual(["a"]);
    await work.finish("a");
    expect(work.events.map(({ id, attempt }) => [id, attempt])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(topics.nacks()).toEqual([]);
  });

  it("what counts as dealt with stays at work", async () => {
    const { topics, work } = await stage({ ack: "none" });
    await topics.give("a", "b");
    topics.cut();
    await work.finish("a");
    expect(work.events.map(({ id, signal }) => [id, signal.aborted])).toEqual([
      ["a", false],
      ["b", false],
    ]);
  });

  it("and a subscription was stopping, it has nothing more to wait for than its handlers", async () => {
    const { topics, work, subscription } = await stage();
    await topics.give("a");
    const stopped = watch(subscription.stop());
    await settle();
    topics.cut();
    await work.finish("a");
    expect(stopped.value).toBeUndefined();
    topics.comeBack();
    expect(topics.socket.sent.map(({ t }) => t).filter(Boolean)).toEqual([]);
  });

  it("a subscription may be made, and stopped, before the next one stands", async () => {
    const topics = stageTopics();
    topics.cut();
    const [stays, leaves] = [topics.client.subscribe("a", () => {}), topics.client.subscribe("b", () => {})];
    await settle();
    await leaves.stop();
    topics.comeBack();
    await settle();
    expect(topics.said("SUBSCRIBE").map(({ topics }) => topics)).toEqual([["a"]]);
    await topics.answer();
    await stays.subscribed();
  });

  it("a subscription that the server refuses for now waits for the next one no longer than for any", async () => {
    const { topics } = await stage();
    await topics.refuse("SUBSCRIBE", "topic/too-many");
    topics.cut();
    topics.comeBack();
    await settle();
    expect(topics.said("SUBSCRIBE")).toHaveLength(1);
    topics.platform.step(5000);
    expect(topics.said("SUBSCRIBE")).toHaveLength(1);
  });
});

describe("when a server says goodbye", () => {
  it("what is in hand is lost, and the next one is told", async () => {
    const { topics, work } = await stage({}, "a b");
    await topics.give("a");
    const { signal } = work.events[0]!;
    topics.say({ op: 7, d: { reason: "drain" } });
    expect(signal.aborted).toBe(true);
    topics.admit(caps);
    await settle();
    expect(topics.said("SUBSCRIBE")).toHaveLength(1);
    await work.finish("a");
    expect(topics.acks()).toEqual([]);
  });

  it("what the old connection still brings is let go until the new one stands", async () => {
    const { topics, work } = await stage({}, "a b");
    const old = topics.socket;
    topics.say({ op: 7, d: { reason: "drain" } });
    const d = { id: "a", topic: "a.b", group: "api", attempt: 1, payload: null };
    old.tell.message(JSON.stringify({ op: 4, t: "EVENT", d }));
    topics.admit(caps);
    await settle();
    expect(work.events).toEqual([]);
  });
});
