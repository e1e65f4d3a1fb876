import { describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { holdWork, stageTopics } from "./topic.kit.ts";
import type { SubscribeOptions } from "./topic.ts";

/** A subscription that the server has, of a client that may resume. */
async function stage(options?: SubscribeOptions) {
  const topics = stageTopics({}, "s1");
  const work = holdWork();
  const subscription = topics.client.subscribe("a.*", work.handler, options);
  await settle();
  await topics.answer();
  return { topics, work, subscription };
}

describe("when the connection breaks and is resumed", () => {
  it("a subscription stands as it was, with what is in hand and what waits", async () => {
    const { topics, work } = await stage();
    await topics.give("a", "b");
    topics.cut();
    expect(work.events[0]!.signal.aborted).toBe(false);
    topics.resume(1);
    await settle();
    await work.finish("a");
    await topics.give("c");
    await work.finish("b");
    expect(work.events.map(({ id, signal }) => [id, signal.aborted])).toEqual([
      ["a", false],
      ["b", false],
      ["c", false],
    ]);
    expect([topics.said("SUBSCRIBE"), topics.acks(), topics.nacks()]).toEqual([[], ["a", "b"], []]);
  });

  it("what was acknowledged meanwhile, or had not arrived, is told then", async () => {
    const { topics, work } = await stage({ concurrency: 2 });
    await topics.give("a", "b");
    await work.finish("a");
    topics.cut();
    const ack = watch(work.events[1]!.ack());
    topics.resume(1);
    await settle();
    expect([topics.acks(), ack.value]).toEqual([["a", "b"], "pending"]);
    await topics.answer();
    expect(ack.value).toBeUndefined();
  });

  it("a subscription that was under way is told once", async () => {
    const topics = stageTopics({}, "s1");
    const subscription = topics.client.subscribe("a.*", () => {});
    await settle();
    topics.cut();
    topics.resume(0);
    await settle();
    expect(topics.said("SUBSCRIBE")).toHaveLength(1);
    await topics.answer();
    await subscription.subscribed();
  });

  it("one that was made meanwhile is told, and one that was stopped is taken back, though nobody had to wait for that", async () => {
    const { topics, subscription } = await stage();
    topics.cut();
    await subscription.stop();
    topics.client.subscribe("b", () => {});
    await settle();
    topics.resume(1);
    await settle();
    expect([topics.said("UNSUBSCRIBE"), topics.said("SUBSCRIBE")]).toEqual([
      [{ topics: ["a.*"], group: "api" }],
      [{ topics: ["b"], group: "api", max_in_flight: 1 }],
    ]);
  });

  it("what another subscription left meanwhile of what both have is told", async () => {
    const { topics, subscription } = await stage();
    const stays = topics.client.subscribe(["a.*", "b"], () => {}, { concurrency: 3 });
    await settle();
    await topics.answer();
    topics.cut();
    await subscription.stop();
    topics.resume(2);
    await settle();
    await topics.answer();
    await stays.subscribed();
    expect([topics.said("UNSUBSCRIBE"), topics.said("SUBSCRIBE")]).toEqual([
      [],
      [{ topics: ["a.*", "b"], group: "api", max_in_flight: 3 }],
    ]);
  });

  it("an answer that was waited for still comes, the first or all of them", async () => {
    const topics = stageTopics({}, "s1");
    const first = watch(topics.client.publishAndWait("a.b", 1));
    const all: unknown[] = [];
    const reading = watch(
      (async () => {
        for await (const { payload } of topics.client.replies("a.b", 2, { timeoutMs: 5000 })) all.push(payload);
      })(),
    );
    await settle();
    const nonces = topics.said("PUBLISH").map(({ nonce }) => nonce);
    await topics.answer();
    topics.cut();
    topics.resume(2);
    for (const nonce of nonces) topics.dispatch("REPLY", { id: "x", nonce, group: "g", payload: nonce });
    await settle();
    expect([first.value, all, reading.value]).toEqual([{ group: "g", payload: nonces[0] }, [nonces[1]], "pending"]);
    topics.platform.step(5000);
    await settle();
    expect(reading.value).toBeUndefined();
  });
});

describe("when the connection breaks and cannot be resumed", () => {
  it("what was had on it is lost, and the new one is told anew", async () => {
    const { topics, work } = await stage({ concurrency: 2 });
    await topics.give("a", "b");
    const { signal } = work.events[0]!;
    topics.cut();
    const ack = watch(work.events[1]!.ack());
    topics.comeBack();
    await settle();
    expect([signal.reason?.code, ack.value]).toEqual(["client/connection-lost", "client/connection-lost"]);
    expect([topics.said("SUBSCRIBE").length, topics.acks(), topics.reports]).toEqual([1, [], []]);
  });

  it("an unsubscription that was never told is not told to the new one", async () => {
    const { topics, subscription } = await stage();
    topics.cut();
    await subscription.stop();
    topics.comeBack();
    await settle();
    expect([topics.said("UNSUBSCRIBE"), topics.said("SUBSCRIBE")]).toEqual([[], []]);
  });
});
