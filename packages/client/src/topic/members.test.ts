import { describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { holdWork, stageTopics } from "./topic.kit.ts";

const ids = (work: ReturnType<typeof holdWork>): string[] => work.events.map(({ id }) => id);

describe("an event", () => {
  it("goes to the subscription of its group and topic", async () => {
    const topics = stageTopics();
    const [orders, logs, audit] = [holdWork(), holdWork(), holdWork()];
    topics.client.subscribe("orders.*", orders.handler, { concurrency: 9 });
    topics.client.subscribe("logs.>", logs.handler, { concurrency: 9 });
    topics.client.subscribe(">", audit.handler, { group: "audit", concurrency: 9 });
    await settle();
    await topics.giveAs({ id: "a", topic: "orders.new" });
    await topics.giveAs({ id: "b", topic: "logs.app.web" });
    await topics.giveAs({ id: "c", topic: "logs.app", group: "audit" });
    expect([ids(orders), ids(logs), ids(audit)]).toEqual([["a"], ["b"], ["c"]]);
  });

  it("goes to one of those whose patterns overlap: the one with the most room", async () => {
    const topics = stageTopics();
    const [small, large] = [holdWork(), holdWork()];
    topics.client.subscribe("a.*", small.handler);
    topics.client.subscribe("a.>", large.handler, { concurrency: 3 });
    await settle();
    await topics.give("1", "2", "3", "4");
    expect([ids(small), ids(large)]).toEqual([["3"], ["1", "2", "4"]]);
  });

  it("that fits none of ours is given back for a while", async () => {
    const topics = stageTopics();
    const work = holdWork();
    topics.client.subscribe("a.*", work.handler);
    await settle();
    await topics.giveAs({ id: "1", topic: "b" });
    await topics.giveAs({ id: "2", group: "others" });
    expect([work.events, topics.said("NACK")]).toEqual([
      [],
      [
        { id: "1", delay_ms: 1000 },
        { id: "2", delay_ms: 1000 },
      ],
    ]);
    await topics.refuse("NACK", "queue/not-leased");
    expect(topics.reports).toEqual([]);
  });

  it("that comes twice counts once", async () => {
    const topics = stageTopics();
    const work = holdWork();
    topics.client.subscribe("a.*", work.handler, { concurrency: 3 });
    await settle();
    await topics.give("1", "1");
    expect([ids(work), topics.nacks()]).toEqual([["1"], []]);
  });

  it.each([
    null,
    {},
    { id: 1, topic: "a.b", group: "api", attempt: 1 },
    { id: "a", topic: "a.b", group: "api" },
    { id: "a", topic: 5, group: "api", attempt: 1 },
    { id: "a", topic: "a.b", group: null, attempt: 1 },
  ])("is none and passed over: %j", async (d) => {
    const topics = stageTopics();
    const work = holdWork();
    topics.client.subscribe("a.*", work.handler, { concurrency: 3 });
    await settle();
    topics.dispatch("EVENT", d as never);
    await topics.give("b");
    expect([ids(work), topics.client.connected]).toEqual([["b"], true]);
  });
});

describe("two subscriptions of one group that share a pattern", () => {
  async function share() {
    const topics = stageTopics();
    const [first, second] = [holdWork(), holdWork()];
    const one = topics.client.subscribe(["a.*", "x"], first.handler, { concurrency: 2 });
    const other = topics.client.subscribe(["a.*", "y"], second.handler, { concurrency: 3 });
    await settle();
    await topics.answer();
    return { topics, first, second, one, other };
  }

  it("together have room for what both take, for the server counts what was said last", async () => {
    const { topics, first, second } = await share();
    expect(topics.said("SUBSCRIBE").map(({ max_in_flight }) => max_in_flight)).toEqual([2, 5]);
    await topics.give("1", "2", "3", "4", "5", "6");
    expect([first.events.length, second.events.length]).toEqual([2, 3]);
  });

  it("leave each other what both have when they stop", async () => {
    const { topics, first, other } = await share();
    const stopped = watch(other.stop());
    await settle();
    expect(topics.said("UNSUBSCRIBE")).toEqual([{ topics: ["y"], group: "api" }]);
    expect(topics.said("SUBSCRIBE").at(-1)).toEqual({ topics: ["a.*", "x"], group: "api", max_in_flight: 2 });
    await topics.answer();
    expect(stopped.value).toBeUndefined();
    await topics.give("1");
    expect(ids(first)).toEqual(["1"]);
  });

  it("have nothing to take back where all is shared", async () => {
    const topics = stageTopics();
    topics.client.subscribe("a.*", () => {});
    const other = topics.client.subscribe("a.*", () => {});
    await settle();
    await other.stop();
    expect([topics.said("UNSUBSCRIBE"), topics.said("SUBSCRIBE").length]).toEqual([[], 3]);
  });

  it("of different groups share nothing", async () => {
    const topics = stageTopics();
    topics.client.subscribe("a.*", () => {}, { group: "g" });
    const other = topics.client.subscribe("a.*", () => {});
    await settle();
    void other.stop();
    await settle();
    expect(topics.said("UNSUBSCRIBE")).toEqual([{ topics: ["a.*"], group: "api" }]);
    expect(topics.said("SUBSCRIBE").map(({ max_in_flight }) => max_in_flight)).toEqual([1, 1]);
  });
});
