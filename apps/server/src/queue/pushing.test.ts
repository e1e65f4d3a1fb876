import { etfCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createMemoryQueueStore } from "../adapters/queue-memory/queue-memory.ts";
import { StoreError } from "../kernel/store-error.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import { createPush, openSite, type PlainPush, type Site, settle } from "./queues.kit.ts";
import type { PushOutcome } from "./queues.ts";

const refused = (code: string, extraInfo: object) => ({ ok: false, code, extraInfo });
const confirmed = { ok: true, id: expect.any(String) };

/** A site whose store fails as long as a test says so. */
async function openFailing(error: Error) {
  const failing = { now: false };
  const site = await openSite({
    wrap: (store): QueueStore => ({
      ...store,
      commit: (changes) => (failing.now ? Promise.reject(error) : store.commit(changes)),
    }),
  });
  return { site, failing };
}

const list = ({ queues }: Site) => queues.admin.list("");

describe("a push", () => {
  it("is confirmed once it is stored, with an id of its own", async () => {
    const site = await openSite();
    const told: PushOutcome[] = [];
    site.queues.push(createPush(), (outcome) => told.push(outcome));
    expect(told).toEqual([]);
    await settle();
    expect(told).toEqual([confirmed]);
    expect(site.store.usedBytes()).toBeGreaterThan(0);
    expect(await site.push()).not.toEqual(told[0]);
  });

  it("is confirmed in the order of pushes", async () => {
    const site = await openSite();
    const told: number[] = [];
    for (let i = 0; i < 5000; i++) site.queues.push(createPush({ payload: i }), () => told.push(i));
    await settle();
    expect(told).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  const limits: [string, PlainPush, object, object][] = [
    [
      "too large a message",
      { payload: "x".repeat(5000) },
      { maxQueueMessageBytes: 5000 },
      refused("queue/full", { limit: "message_bytes", max: 5000 }),
    ],
    [
      "too large a target",
      { target: { key: "x".repeat(5000) } },
      { maxQueueMessageBytes: 5000 },
      refused("queue/full", { limit: "message_bytes", max: 5000 }),
    ],
    ["more than the disk's share", {}, { maxDiskBytes: 10 }, refused("queue/full", { limit: "disk_bytes", max: 10 })],
    [
      "a target that is no query",
      { target: { ops: 1 } },
      {},
      refused("query/invalid", { at: "/target/ops", rule: "query/bad-ops", message: expect.any(String) }),
    ],
    [
      "no target at all",
      { target: [] },
      {},
      refused("query/invalid", { at: "/target", rule: "query/not-a-map", message: expect.any(String) }),
    ],
  ];

  it.each(limits)("of %s is refused, and nothing is left behind", async (_, push, settings, outcome) => {
    const site = await openSite({ limits: settings });
    expect(await site.push(push)).toEqual(outcome);
    await settle();
    expect(list(site)).toEqual([]);
    expect(site.store.lastSeq()).toBe(0);
  });

  it("beyond what a queue holds is refused, and taken again once there is room", async () => {
    const site = await openSite({ limits: { maxQueueMessages: 2 } });
    const [id] = [await site.store1(), await site.store1()];
    const full = refused("queue/full", { limit: "messages", max: 2 });
    expect(await site.push()).toEqual(full);
    expect(await site.push({ queue: "other" })).toEqual(confirmed);
    await site.queues.admin.ack("q", [id!]);
    expect(await site.push()).toEqual(confirmed);
    expect(list(site).map(({ queue, ready }) => [queue, ready])).toEqual([
      ["other", 1],
      ["q", 2],
    ]);
  });

  it("counts others that are on their way to the disk", async () => {
    const site = await openSite({ limits: { maxQueueMessages: 3 } });
    const outcomes = await Promise.all([1, 2, 3, 4].map((payload) => site.push({ payload })));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, false]);
  });

  it("beyond a queue's bytes is refused", async () => {
    const site = await openSite({ limits: { maxQueueBytes: 65_536 } });
    const payload = "x".repeat(9000);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => site.push({ payload })));
    expect(outcomes.at(-1)).toEqual(refused("queue/full", { limit: "bytes", max: 65_536 }));
    expect(outcomes.filter(({ ok }) => ok).length).toBe(7);
    expect(list(site)[0]?.bytes).toBeLessThanOrEqual(65_536);
  });

  it("beyond the number of queues, targets and ids is refused, what is known being taken", async () => {
    const site = await openSite({ limits: { maxQueues: 1, maxQueueTargets: 1, maxQueueIds: 1 } });
    await site.store1({ id: "x" });
    expect(await site.push({ queue: "other" })).toEqual(refused("queue/too-many-queues", { max: 1 }));
    expect(await site.push({ target: { key: 1 } })).toEqual(
      refused("queue/too-many-targets", { limit: "queue_targets", max: 1 }),
    );
    expect(await site.push({ id: "y" })).toEqual(refused("queue/too-many-ids", { max: 1 }));
    expect(await site.push({ id: "x" })).toEqual(confirmed);
    expect(await site.push()).toEqual(confirmed);
    expect(list(site)).toMatchObject([{ queue: "q", ready: 2 }]);
  });

  it("takes a target's place free again as its last message goes", async () => {
    const site = await openSite({ limits: { maxQueueTargets: 1 } });
    const id = await site.store1({ target: { key: 1 } });
    await site.queues.admin.ack("q", [id]);
    expect(await site.push({ target: { key: 2 } })).toEqual(confirmed);
  });

  it("of one target in whatever codec has one place", async () => {
    const site = await openSite({ limits: { maxQueueTargets: 1 } });
    const target = { application: "app", ops: [{ path: "/n", op: "$eq", to: { value: 1 } }] };
    await site.store1({ target });
    for (const codec of [msgpackCodec, etfCodec]) expect(await site.push({ target, codec })).toEqual(confirmed);
    const taker = site.connect("a", { n: 1 });
    site.queues.request(taker.client, "q", 5);
    await settle();
    expect(taker.given().length).toBe(3);
  });

  it("with bytes for a target is refused as any other that is none", async () => {
    const site = await openSite();
    for (const target of [Uint8Array.of(0xff, 0), "text", 7, null]) {
      const push = { ...createPush({ codec: msgpackCodec }), target: msgpackCodec.encode(target) };
      const outcome = await new Promise((resolve) => site.queues.push(push, resolve));
      expect(outcome).toMatchObject({ ok: false, code: "query/invalid", extraInfo: { at: "/target" } });
    }
    expect(list(site)).toEqual([]);
  });
});

describe("pushes of one id", () => {
  it("are one message, whether the first is stored already or on its way", async () => {
    const site = await openSite();
    const [first, twin] = await Promise.all([site.push({ id: "x", payload: 1 }), site.push({ id: "x", payload: 2 })]);
    expect(twin).toEqual(first);
    expect(await site.push({ id: "x", payload: 3, target: { ops: 1 } })).toEqual(first);
    expect(list(site)).toMatchObject([{ ready: 1 }]);
    expect(site.metrics.total("singyeong_queue_duplicates_total")).toBe(2);
  });

  it("are one also after the message has gone, and after a restart, until 2 minutes are over", async () => {
    const site = await openSite();
    const id = await site.store1({ id: "x" });
    await site.queues.admin.ack("q", [id]);
    expect(await site.push({ id: "x" })).toEqual({ ok: true, id });
    await site.queues.close();
    site.clock.advance(119_999);
    const again = await openSite({ clock: site.clock, store: site.store });
    expect(await again.push({ id: "x" })).toEqual({ ok: true, id });
    again.clock.advance(1);
    expect(await again.push({ id: "x" })).toEqual({ ok: true, id: expect.not.stringMatching(id) });
  });

  it("are different messages in different queues", async () => {
    const site = await openSite();
    expect(await site.store1({ id: "x" })).not.toBe(await site.store1({ id: "x", queue: "other" }));
  });

  it("share the fate of the first, and are looked at anew once that was refused", async () => {
    const { site, failing } = await openFailing(new StoreError("full", "full"));
    failing.now = true;
    const full = refused("queue/full", expect.objectContaining({ limit: expect.any(String) }) as object);
    expect(await Promise.all([site.push({ id: "x" }), site.push({ id: "x" })])).toEqual([full, full]);
    failing.now = false;
    await settle();
    expect(await site.push({ id: "x" })).toEqual(confirmed);
  });

  it("are forgotten on disk too once they are over", async () => {
    const site = await openSite();
    const id = await site.store1({ id: "x" });
    await site.queues.admin.ack("q", [id]);
    expect(site.store.usedBytes()).toBeGreaterThan(0);
    site.clock.advance(120_000);
    await settle();
    expect(site.store.usedBytes()).toBe(0);
  });
});

describe("a store that cannot write", () => {
  it.each([
    ["full", "queue/full"],
    ["io", "queue/unavailable"],
  ] as const)("with the fault %s refuses pushes as %s, keeping nothing of them", async (fault, code) => {
    const { site, failing } = await openFailing(new StoreError(fault, "no"));
    failing.now = true;
    expect(await Promise.all([site.push(), site.push({ queue: "other" })])).toMatchObject([{ code }, { code }]);
    expect(list(site)).toEqual([]);
    failing.now = false;
    site.clock.advance(1000);
    await settle();
    expect(await site.push()).toEqual(confirmed);
  });

  it("loses no acknowledgement: it is stored once the store can", async () => {
    const { site, failing } = await openFailing(new StoreError("io", "no"));
    const id = await site.store1();
    const { client } = site.connect("a");
    site.queues.request(client, "q", 1);
    await settle();
    failing.now = true;
    const told: string[] = [];
    expect(site.queues.ack(client, "q", id, () => told.push("settled"))).toBe(null);
    await settle();
    site.clock.advance(1000);
    await settle();
    expect([told, site.store.usedBytes() > 0]).toEqual([[], true]);
    failing.now = false;
    site.clock.advance(1000);
    await settle();
    expect([told, site.store.usedBytes()]).toEqual([["settled"], 0]);
    expect(site.logged.length).toBeGreaterThan(0);
  });

  it("is told by its own bound as well", async () => {
    const site = await openSite({ store: createMemoryQueueStore({ maxBytes: 500 }) });
    expect(await site.push({ payload: "x".repeat(600) })).toMatchObject({ ok: false, code: "queue/full" });
    expect(await site.push()).toEqual(confirmed);
  });
});
