import { describe, expect, it } from "vitest";
import { settle } from "../queue/queues.kit.ts";
import { ackMs, groupMs, openTopics, type TopicSite } from "./topics.kit.ts";

const counts = ({ site }: TopicSite, group = "g") => {
  const info = site.queues.admin.info(`$topic/${group}`);
  return info && [info.ready, info.leased, info.delayed, info.dead];
};

describe("publications", () => {
  it("go to one member of every group that has a pattern for the topic, members taking turns", async () => {
    const here = await openTopics();
    const [a, b, c] = ["a", "b", "c"].map((id) => here.connect(id)) as [never, never, never];
    await here.subscribe(a, { topics: ["jobs.*"], group: "one" });
    await here.subscribe(b, { topics: ["jobs.*"], group: "one" });
    await here.subscribe(c, { topics: ["jobs.>", "*.new"], group: "two" });
    const outcome = await here.publish("jobs.new", { payload: 1, headers: { trace: "x" } });
    expect(outcome).toEqual({ ok: true, id: expect.any(String), groups: 2 });
    await here.publishAll("jobs.new", [2, 3, 4]);
    const given = (member: { given(): unknown[] }) => member.given();
    expect([given(a), given(b), given(c)]).toEqual([
      [
        [1, 1],
        [3, 1],
      ],
      [
        [2, 1],
        [4, 1],
      ],
      [
        [1, 1],
        [2, 1],
        [3, 1],
        [4, 1],
      ],
    ]);
  });

  it("are shared by all members though one of them came to many that waited", async () => {
    const here = await openTopics();
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a);
    here.topics.unsubscribe(a.client, ["t"], null);
    await here.publishAll("t", [1, 2, 3]);
    for (const member of [a, b]) await here.subscribe(member, { maxInFlight: 100 });
    await here.publishAll("t", [4, 5, 6, 7]);
    expect([a, b].map((member) => member.given().length)).toEqual([5, 2]);
  });

  it("are handed over with their topic, group and headers, each with an id of its own", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t"], group: "one" });
    await here.subscribe(a, { topics: ["t"], group: "two" });
    await here.publish("t", { payload: [1], headers: { h: "v" } });
    await settle();
    expect(a.events()).toEqual([
      { id: expect.any(String), topic: "t", group: "one", attempt: 1, headers: { h: "v" }, payload: [1] },
      { id: expect.any(String), topic: "t", group: "two", attempt: 1, headers: { h: "v" }, payload: [1] },
    ]);
    expect(new Set(a.events().map(({ id }) => id)).size).toBe(2);
  });

  it("reach nobody where no group has a pattern, which is no mistake", async () => {
    const here = await openTopics();
    expect(await here.publish("t")).toMatchObject({ ok: true, groups: 0 });
  });

  it("wait for a member that matches their target", async () => {
    const here = await openTopics();
    const a = here.connect("a", { n: 1 });
    await here.subscribe(a);
    await here.publish("t", { payload: "for 2", target: { ops: [{ path: "/n", op: "$eq", to: { value: 2 } }] } });
    await here.publishAll("t", ["for any"]);
    expect(a.given()).toEqual([["for any", 1]]);
    here.site.update(a.client, { n: 2 });
    expect(a.given().at(-1)).toEqual(["for 2", 1]);
    expect(await here.publish("nobody.has", { target: { application: "x".repeat(70_000) } })).toMatchObject({
      code: "queue/too-many-targets",
      extraInfo: { limit: "target_length" },
    });
    expect(await here.publish("t", { target: { ops: 1 } })).toMatchObject({
      code: "query/invalid",
      extraInfo: { at: "/target/ops" },
    });
  });

  it("are stored for all groups or for none, and say which group has no room", async () => {
    const here = await openTopics({ limits: { maxQueueMessages: 2 } });
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a, { topics: ["t"], group: "one" });
    await here.subscribe(b, { topics: ["t", "u"], group: "two", maxInFlight: 1 });
    await here.publishAll("u", [1]);
    await here.publishAll("t", [2]);
    expect(await here.publish("t", { payload: 3 })).toEqual({
      ok: false,
      code: "queue/full",
      extraInfo: { limit: "messages", max: 2, group: "two" },
    });
    expect([counts(here, "one"), counts(here, "two")]).toEqual([
      [0, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
    await settle();
    expect(a.given()).toEqual([[2, 1]]);
  });

  it("have ids that are never used again, restarts included", async () => {
    let here = await openTopics({ limits: { maxTopicRetained: 0 } });
    const ids = new Set<string>();
    for (let round = 0; round < 4; round++) {
      for (const topic of ["t", "memory.t"]) {
        const outcome = await here.publish(topic);
        if (outcome.ok) ids.add(outcome.id);
      }
      here.site.clock.advance(1);
      here = await here.restart(round % 2 === 0);
    }
    expect(ids.size).toBe(8);
  });
});

describe("members", () => {
  it("have no more events at a time than they said, and get the next as they settle one", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { maxInFlight: 2 });
    await here.publishAll("t", [1, 2, 3, 4, 5]);
    expect(a.given().length).toBe(2);
    const [first, second] = a.events();
    here.topics.ack(a.client, first!.id, null);
    await settle();
    expect(a.given().map(([payload]) => payload)).toEqual([1, 2, 3]);
    here.topics.nack(a.client, second!.id, 1000, null);
    await settle();
    expect(a.given().map(([payload]) => payload)).toEqual([1, 2, 3, 4]);
    here.site.clock.advance(1000);
    for (const { id } of a.events().slice(2)) here.topics.ack(a.client, id, null);
    await settle();
    expect(a.given().slice(4)).toEqual([
      [5, 1],
      [2, 2],
    ]);
  });

  it("get at once what another one does not acknowledge in time, or leaves behind", async () => {
    const here = await openTopics();
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a, { ackMs: 500 });
    await here.publishAll("t", ["late", "kept"]);
    await here.subscribe(b, { ackMs: 60_000 });
    here.topics.ack(a.client, a.events()[1]!.id, null);
    here.site.clock.advance(500);
    await settle();
    expect(b.given()).toEqual([["late", 2]]);
    here.disconnect(b);
    await settle();
    expect(a.given().at(-1)).toEqual(["late", 3]);
    const { id } = a.events()[0]!;
    expect(a.events().at(-1)!.id).toBe(id);
  });

  it("may acknowledge late, as long as nobody else got it", async () => {
    const here = await openTopics();
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a);
    await here.publishAll("t", [1]);
    const { id } = a.events()[0]!;
    here.topics.unsubscribe(a.client, ["t"], null);
    here.site.clock.advance(ackMs);
    expect(here.topics.ack(a.client, id, null)).toEqual({ ok: true, queue: "$topic/g" });
    expect(here.topics.ack(a.client, id, null)).toEqual({ ok: false, code: "queue/not-leased", extraInfo: { id } });
    expect(here.topics.nack(b.client, "nonsense", 0, null)).toMatchObject({ code: "queue/not-leased" });
    expect(counts(here)).toEqual([0, 0, 0, 0]);
  });

  it("that subscribe again to a pattern go by what they said last", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["t", "u"], maxInFlight: 1 });
    await here.subscribe(a, { topics: ["t"], maxInFlight: 2 });
    await here.publishAll("t", [1, 2, 3]);
    await here.publishAll("u", [4, 5]);
    expect(a.given().map(([payload]) => payload)).toEqual([1, 2, 4]);
  });

  it("of a group with patterns that overlap get a message once", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["a.b", "a.*", "a.>", ">"] });
    await here.subscribe(a, { topics: ["*.b"] });
    await here.publishAll("a.b", [1]);
    expect(a.given()).toEqual([[1, 1]]);
  });

  it("get nothing more of what they unsubscribe from, in one group or in all", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    for (const group of ["one", "two"]) await here.subscribe(a, { topics: ["t", "u"], group });
    here.topics.unsubscribe(a.client, ["t", "never"], "one");
    await here.publishAll("t", [1]);
    expect(a.events().map(({ group }) => group)).toEqual(["two"]);
    here.topics.unsubscribe(a.client, ["u"], null);
    await here.publishAll("u", [2]);
    expect(a.events().length).toBe(1);
    expect(counts(here, "one")).toEqual([2, 0, 0, 0]);
  });

  it("have so many subscriptions at most", async () => {
    const here = await openTopics({ limits: { maxSubscriptions: 3 } });
    const a = here.connect("a");
    await here.subscribe(a, { topics: ["a", "b"] });
    expect(await here.startSubscribing(a, { topics: ["b", "c", "d"] })).toMatchObject({
      code: "topic/too-many",
      extraInfo: { limit: "subscriptions", max: 3 },
    });
    await here.subscribe(a, { topics: ["b", "c"] });
    here.topics.unsubscribe(a.client, ["a"], null);
    await here.subscribe(a, { topics: ["d"] });
  });

  it("that are away get nothing, keep what they have, and go on where they were when they are back", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { maxInFlight: 2 });
    await here.publishAll("t", [1]);
    here.site.registry.leave(a.client);
    await here.publishAll("t", [2, 3]);
    expect([a.given().length, counts(here)]).toEqual([1, [2, 1, 0, 0]]);
    here.site.clock.advance(groupMs * 2);
    here.site.registry.join(a.client);
    await settle();
    expect(counts(here)).toEqual([1, 2, 0, 0]);
    expect(a.given().length).toBe(3);
  });

  it("whose sockets take no more are not asked again", async () => {
    const here = await openTopics();
    const [a, b] = [here.connect("a"), here.connect("b")];
    await here.subscribe(a);
    a.clog(true);
    await here.publishAll("t", [1, 2]);
    expect(counts(here)).toEqual([2, 0, 0, 0]);
    await here.subscribe(b);
    expect(b.given()).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });
});

describe("messages that need no acknowledgement", () => {
  it.each(["t", "memory.t"])("are removed before they are handed over, in order (%s)", async (topic) => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { topics: [">"], isUnacked: true });
    const payloads = Array.from({ length: 600 }, (_, i) => i);
    await here.publishAll(topic, payloads);
    for (let i = 0; i < 10; i++) await settle();
    expect(a.given()).toEqual(payloads.map((payload) => [payload, 1]));
    expect(counts(here)).toEqual([0, 0, 0, 0]);
    expect(here.topics.ack(a.client, a.events()[0]!.id, null)).toMatchObject({ code: "queue/not-leased" });
  });

  it("are not handed over where the removal is not stored", async () => {
    const here = await openTopics();
    const a = here.connect("a");
    await here.subscribe(a, { isUnacked: true });
    void here.publish("t");
    for (let i = 0; i < 200 && counts(here)?.[1] !== 1 && a.given().length === 0; i++) await null;
    const again = await here.restart(true);
    const b = again.connect("b");
    await again.subscribe(b);
    await settle();
    expect(a.given().length + b.given().length).toBeLessThanOrEqual(1);
  });
});

describe("dead events", () => {
  it("are those that were given out too often; they are kept, and may be redriven", async () => {
    const here = await openTopics({ limits: { queueMaxAttempts: 2 } });
    const a = here.connect("a");
    await here.subscribe(a);
    await here.publishAll("t", [1]);
    for (const _ of [1, 2]) {
      here.topics.nack(a.client, a.events().at(-1)!.id, 0, null);
      await settle();
    }
    expect([a.given().length, counts(here)]).toEqual([2, [0, 0, 0, 1]]);
    const page = await here.site.queues.admin.messages("$topic/g", {
      state: "dead",
      limit: 9,
      maxBytes: 999,
      after: null,
    });
    expect(page).toMatchObject({ messages: [{ cause: "attempts", payload: 1, target: { topic: "t" } }] });
    await here.site.queues.admin.redrive("$topic/g", null);
    await settle();
    expect(a.given().at(-1)).toEqual([1, 1]);
  });
});
