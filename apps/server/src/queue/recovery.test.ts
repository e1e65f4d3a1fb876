import { describe, expect, it } from "vitest";
import { createDelivery } from "../delivery/delivery.ts";
import type { MessageState } from "../ports/queue-store.ts";
import { createQueues } from "./broker.ts";
import { openSite, type Site, settle, testLimits } from "./queues.kit.ts";
import type { QueuePage } from "./queues.ts";

async function restart(site: Site, isCrash = false): Promise<Site> {
  if (isCrash) {
    site.store.crash();
    await site.queues.kill();
  } else await site.queues.close();
  return openSite({ clock: site.clock, store: site.store });
}

async function messages({ queues }: Site, state: MessageState): Promise<QueuePage["messages"]> {
  const page = await queues.admin.messages("q", { state, limit: 100, maxBytes: 1e9, after: null });
  return page !== null && "messages" in page ? page.messages : [];
}

async function payloads(site: Site, state: MessageState): Promise<unknown[]> {
  return (await messages(site, state)).map(({ payload }) => payload);
}

describe("after a restart", () => {
  it.each([false, true])(
    "messages are where they stood, in order, those that were leased being ready (crash: %s)",
    async (isCrash) => {
      const site = await openSite();
      const { client } = site.connect("a");
      for (const payload of [1, 2, 3, 4]) await site.store1({ payload });
      await site.store1({ payload: "late", delayMs: 60_000 });
      await site.store1({ payload: "first", priority: 9 });
      site.queues.request(client, "q", 3);
      await settle();
      const [, second] = await messages(site, "leased");
      site.queues.nack(client, "q", second!.id, { delayMs: null, dead: true }, null);
      site.clock.advance(1000);
      await settle();
      const again = await restart(site, isCrash);
      expect(await payloads(again, "ready")).toEqual([
        "first",
        ...[1, 2, 3, 4].filter((payload) => payload !== second!.payload),
      ]);
      expect([await payloads(again, "delayed"), await payloads(again, "dead")]).toEqual([["late"], [second!.payload]]);
      again.clock.advance(60_000);
      expect((await payloads(again, "ready")).at(-1)).toBe("late");
    },
  );

  it("attempts that were stored count, and none beyond the last permitted one is made", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    await site.store1({ maxAttempts: 1 });
    await site.store1({ maxAttempts: 2, payload: 2 });
    site.queues.request(client, "q", 2);
    site.clock.advance(1000);
    await settle();
    const again = await restart(site, true);
    const b = again.connect("b");
    again.queues.request(b.client, "q", 2);
    await settle();
    expect(b.given()).toEqual([[2, 2]]);
    expect(again.queues.admin.info("q")).toMatchObject({ dead: 1, leased: 1, open_requests: 1 });
  });

  it("numbers are never used again, neither for messages nor for their places", async () => {
    let site = await openSite();
    const ids = new Set<string>();
    for (let round = 0; round < 5; round++) {
      const { client } = site.connect(`c${round}`);
      for (let i = 0; i < 3; i++) ids.add(await site.store1({ payload: `${round}.${i}` }));
      site.queues.request(client, "q", 1);
      await settle();
      for (const id of ids) site.queues.nack(client, "q", id, { delayMs: 1, dead: false }, null);
      site.clock.advance(1);
      await settle();
      site = await restart(site, round % 2 === 0);
      expect(ids.size).toBe(3 * (round + 1));
    }
    expect([...ids].sort()).toEqual([...ids]);
    const listed = await payloads(site, "ready");
    expect(new Set(listed).size).toBe(15);
  });

  it("what came last lines up behind everything that was brought back", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    for (const payload of [1, 2]) await site.store1({ payload });
    for (let i = 0; i < 10; i++) {
      site.queues.request(client, "q", 1);
      await settle();
      const [held] = await messages(site, "leased");
      site.queues.nack(client, "q", held!.id, { delayMs: 5, dead: false }, null);
      await settle();
      site.clock.advance(5);
      await settle();
    }
    const again = await restart(site);
    await again.store1({ payload: 3 });
    expect((await payloads(again, "ready")).at(-1)).toBe(3);
  });

  it("what was acknowledged is gone, and what was not on disk never was", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    const id = await site.store1();
    await site.store1({ payload: 2 });
    site.queues.request(client, "q", 1);
    await settle();
    site.queues.ack(client, "q", id, null);
    await settle();
    const lost = site.push({ payload: 3 });
    const again = await restart(site, true);
    expect((await lost).ok).toBe(false);
    expect(await payloads(again, "ready")).toEqual([2]);
  });

  it("queues that were paused are, empty ones too", async () => {
    const site = await openSite();
    await site.queues.admin.pause("q", true);
    await site.queues.admin.pause("other", true);
    await site.queues.admin.pause("other", false);
    const again = await restart(site);
    expect(again.queues.admin.list("").map(({ queue, paused }) => [queue, paused])).toEqual([["q", true]]);
  });

  it("messages that are over by then die, and those that are due become ready", async () => {
    const site = await openSite();
    await site.store1({ payload: "over", ttlMs: 1000 });
    await site.store1({ payload: "due", delayMs: 1000 });
    await site.queues.close();
    site.clock.advance(5000);
    const again = await openSite({ clock: site.clock, store: site.store });
    again.clock.advance(0);
    expect([await payloads(again, "dead"), await payloads(again, "ready")]).toEqual([["over"], ["due"]]);
  });

  it("it is told what was found", async () => {
    const site = await openSite();
    await site.store1({ id: "x" });
    await site.store1({ delayMs: 5, queue: "other" });
    await site.queues.close();
    const queues = createQueues({
      store: site.store,
      registry: site.registry,
      router: site.router,
      delivery: createDelivery(site.clock, site.metrics),
      clock: site.clock,
      metrics: site.metrics,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      limits: testLimits,
    });
    expect(await queues.open()).toEqual({ ready: 1, leased: 0, delayed: 1, dead: 0, queues: 2, identities: 1 });
  });
});
