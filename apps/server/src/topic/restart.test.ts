import { describe, expect, it } from "vitest";
import { StoreError } from "../kernel/store-error.ts";
import { settle } from "../queue/queues.kit.ts";
import { groupMs, openTopics, retainMs, type TopicSite } from "./topics.kit.ts";

const info = ({ site }: TopicSite, group = "g") => site.queues.admin.info(`$topic/${group}`);
const payloads = (member: { given(): (readonly [unknown, number])[] }): unknown[] =>
  member.given().map(([payload]) => payload);

describe("a group", () => {
  it("has a pattern for an hour after nobody had it any more: what is published meanwhile waits", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a);
    here.disconnect(a);
    here.site.clock.advance(groupMs - 1);
    await here.publishAll("t", [1]);
    const b = here.connect("b");
    await here.subscribe(b);
    expect(payloads(b)).toEqual([1]);
    here.disconnect(b);
    here.site.clock.advance(groupMs);
    await settle();
    expect(info(here)).toBe(null);
    expect(await here.publish("t")).toMatchObject({ groups: 0 });
  });

  it("loses with a pattern what no other pattern covers, but for dead letters", async () => {
    const here = await openTopics({ limits: { queueMaxAttempts: 1 } });
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t.*", "t.kept"], maxInFlight: 1, ackMs: groupMs * 2 });
    await here.publishAll("t.dead", ["dead"]);
    here.topics.nack(a.client, a.events()[0]!.id, 0, null);
    await here.publishAll("t.held", ["held"]);
    await here.publishAll("t.gone", ["gone"]);
    await here.publishAll("t.kept", ["kept"]);
    here.topics.unsubscribe(a.client, ["t.*"], null);
    here.site.clock.advance(groupMs);
    await settle();
    expect(payloads(a)).toEqual(["dead", "held", "kept"]);
    expect(info(here)).toMatchObject({ ready: 0, leased: 1, dead: 1 });
  });

  it("loses thousands of messages with a pattern, others getting their turn in between", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t", "u"], maxInFlight: 1 });
    const many = Array.from({ length: 2500 }, (_, i) => i);
    await here.publishAll("t", many);
    here.topics.unsubscribe(a.client, ["t"], null);
    here.site.clock.advance(groupMs);
    here.site.clock.advance(0);
    await settle();
    expect(info(here)).toMatchObject({ ready: 0, leased: 0 });
    await here.publishAll("u", ["still here"]);
    expect(payloads(a).at(-1)).toBe("still here");
  });

  it.each([false, true])("keeps patterns and messages over a restart (crash: %s)", async (isCrash) => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t.*"], maxInFlight: 1 });
    await here.publishAll("t.a", [1, 2]);
    here.site.clock.advance(500);
    await settle();
    const again = await here.restart(isCrash);
    await again.publishAll("t.b", [3]);
    const b = again.connect("b");
    await again.subscribe(b, { topics: ["t.*"] });
    await settle();
    expect(b.given()).toEqual([
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(b.events().map(({ topic }) => topic)).toEqual(["t.a", "t.a", "t.b"]);
  });

  it.each([false, true])("forgets patterns in time though the server was restarted (crash: %s)", async (isCrash) => {
    const here = await openTopics();
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a, { topics: ["left"], group: "one" });
    await here.subscribe(b, { topics: ["had"], group: "two" });
    here.topics.unsubscribe(a.client, ["left"], null);
    await settle();
    here.site.clock.advance(groupMs / 2);
    const again = await here.restart(isCrash);
    again.site.clock.advance(groupMs / 2);
    await settle();
    expect([info(again, "one"), info(again, "two")]).toEqual([null, expect.objectContaining({ ready: 0 })]);
    again.site.clock.advance(groupMs / 2);
    await settle();
    expect(info(again, "two")).toBe(null);
    const third = await again.restart();
    expect(await third.publish("had")).toMatchObject({ groups: 0 });
  });

  it("that could not be stored is none", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    here.site.store.crash();
    expect(await here.startSubscribing(a)).toMatchObject({ ok: false, code: "queue/unavailable" });
    expect(info(here)).toBe(null);
  });
});

describe("from the earliest", () => {
  it.each([false, true])("a new pattern begins with what is kept, in order (restart: %s)", async (isRestarted) => {
    const before = await openTopics();
    for (const payload of [1, 2, 3]) await before.publishAll(payload === 2 ? "t.b" : "t.a", [payload]);
    await before.publishAll("other", ["never"]);
    const here = isRestarted ? await before.restart(true) : before;
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t.*"], fromEarliest: true });
    await here.publishAll("t.a", [4]);
    expect(a.given()).toEqual([1, 2, 3, 4].map((payload) => [payload, 1]));
  });

  it("nothing is given that the group has had by another pattern, nor where it has the pattern", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.publishAll("t.a", ["before"]);
    await here.subscribe(a, { topics: ["t.a"] });
    await here.publishAll("t.a", ["had"]);
    await here.publishAll("t.b", ["not had"]);
    await here.subscribe(a, { topics: ["t.*"], fromEarliest: true });
    expect(payloads(a)).toEqual(["had", "before", "not had"]);
    await here.subscribe(a, { topics: ["t.b", "t.*"], fromEarliest: true });
    expect(payloads(a).length).toBe(3);
  });

  it("what comes meanwhile comes behind, also what was on its way", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    const many = Array.from({ length: 200 }, (_, i) => i);
    await here.publishAll("t", many.slice(0, 150));
    const underWay = here.publish("t", { payload: 150 });
    const subscribed = here.startSubscribing(a, { fromEarliest: true, maxInFlight: 1000 });
    const late = many.slice(151).map((payload) => here.publish("t", { payload }));
    await Promise.all([underWay, subscribed, ...late]);
    await settle();
    expect(payloads(a)).toEqual(many);
  });

  it("of each topic the last messages are kept, for a time", async () => {
    const here = await openTopics({ limits: { maxTopicRetained: 2 } });
    await here.publishAll("t", [1, 2, 3]);
    await here.publishAll("memory.t", [4, 5, 6]);
    const a = here.connect("a");
    await here.subscribe(a, { topics: [">"], fromEarliest: true });
    expect(payloads(a)).toEqual([2, 3, 5, 6]);
    here.site.clock.advance(retainMs);
    await settle();
    const b = here.connect("b");
    await here.subscribe(b, { topics: [">"], group: "later", fromEarliest: true });
    expect(payloads(b)).toEqual([]);
    expect(here.site.store.usedBytes()).toBeLessThan(1500);
  });

  it("what has no room refuses the pattern, and nothing of it stays", async () => {
    const here = await openTopics({ limits: { maxQueueMessages: 100 } });
    await here.publishAll(
      "t",
      Array.from({ length: 150 }, (_, i) => i),
    );
    const a = here.connect("a");
    expect(await here.startSubscribing(a, { fromEarliest: true })).toMatchObject({
      code: "queue/full",
      extraInfo: { limit: "messages", group: "g" },
    });
    await settle();
    expect([payloads(a), info(here)]).toEqual([[], null]);
  });

  it.each([5, 10, 20, 40, 80])("a crash in the middle leaves no half of it (%i ticks)", async (ticks) => {
    const here = await openTopics();
    await here.publishAll(
      "t",
      Array.from({ length: 200 }, (_, i) => i),
    );
    const a = here.connect("a");
    void here.startSubscribing(a, { fromEarliest: true });
    for (let i = 0; i < ticks; i++) await null;
    const again = await here.restart(true);
    await settle();
    const b = again.connect("b");
    await again.subscribe(b, { fromEarliest: true, maxInFlight: 1000 });
    await settle();
    expect(payloads(b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });
});

it("a group that begins anew keeps what it has got when a pattern of its former life is stored late", async () => {
  const here = await openTopics({ limits: { topicGroupMs: 0 } });
  const [a, b] = [here.connect("a"), here.connect("b")];
  const pause = (paused: boolean) => here.site.queues.admin.pause("$topic/g", paused);
  pause(true);
  const left = here.startSubscribing(a, { topics: ["memory.*"] });
  here.topics.unsubscribe(a.client, ["memory.*"], null);
  here.site.clock.advance(0);
  const joined = here.startSubscribing(b, { topics: ["memory.*"] });
  await here.publish("memory.t");
  await Promise.all([left, joined]);
  pause(false);
  await settle();
  expect(b.given()).toEqual([[1, 1]]);
});

describe("while the disk fails", () => {
  it("a client is told at once that a group cannot have a pattern", async () => {
    let isBroken = false;
    const here = await openTopics({
      wrap: (store) => ({
        ...store,
        commit: (changes) => (isBroken ? Promise.reject(new StoreError("io", "broken")) : store.commit(changes)),
      }),
    });
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t"] });
    isBroken = true;
    here.topics.unsubscribe(a.client, ["t"], null);
    await settle();
    expect(await here.startSubscribing(a, { topics: ["u"] })).toMatchObject({ code: "queue/unavailable" });
    expect(here.site.queues.engine.journal.failure).toMatchObject({ fault: "io" });
  });
});

describe("memory topics", () => {
  it("never touch the store, and are redelivered as others are", async () => {
    const here = await openTopics();
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a, { topics: ["memory.*"] });
    const usedBytes = here.site.store.usedBytes();
    let isTold = false;
    void here.publish("memory.t").then(() => {
      isTold = true;
    });
    await null;
    expect([isTold, a.given()]).toEqual([true, [[1, 1]]]);
    here.disconnect(a);
    await settle();
    expect(here.site.store.usedBytes()).toBe(usedBytes);
    await here.subscribe(b, { topics: ["memory.*"] });
    expect(b.given()).toEqual([[1, 2]]);
    const again = await here.restart();
    const c = again.connect("c");
    await again.subscribe(c, { topics: ["memory.*"], fromEarliest: true });
    expect(c.given()).toEqual([]);
  });

  it("take so much memory at most: what is kept for groups to come goes first", async () => {
    const here = await openTopics({ limits: { maxTopicMemoryBytes: 10_000 } });
    const a = here.connect("a");
    for (let i = 0; i < 20; i++)
      expect(await here.publish("memory.t", { payload: "x".repeat(1000) })).toMatchObject({ ok: true });
    await here.subscribe(a, { topics: ["memory.*"], maxInFlight: 1 });
    for (let i = 0; i < 7; i++)
      expect(await here.publish("memory.t", { payload: "x".repeat(1000) })).toMatchObject({ ok: true });
    expect(await here.publish("memory.t", { payload: "x".repeat(1000) })).toMatchObject({
      code: "queue/full",
      extraInfo: { limit: "memory_bytes" },
    });
    here.topics.ack(a.client, a.events()[0]!.id, null);
    expect(await here.publish("memory.t", { payload: "x".repeat(1000) })).toMatchObject({ ok: true });
  });
});
