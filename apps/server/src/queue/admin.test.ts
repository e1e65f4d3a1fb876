import { etfCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { StoreError } from "../kernel/store-error.ts";
import { parseMessageId } from "./message-id.ts";
import { openSite, type PlainPush, type Site, settle } from "./queues.kit.ts";

const page = { limit: 10_000, maxBytes: 1e9, after: null } as const;

async function ids(site: Site, state: "ready" | "leased" | "delayed" | "dead"): Promise<string[]> {
  const found = await site.queues.admin.messages("q", { ...page, state });
  return found !== null && "messages" in found ? found.messages.map(({ id }) => id) : [];
}

async function fill(site: Site, count: number, push: PlainPush = {}): Promise<void> {
  for (let i = 0; i < count; i++) void site.push(push);
  await settle();
}

/** Leases everything to a client and has it rejected. */
async function bury(site: Site): Promise<void> {
  const { client } = site.connect("undertaker");
  site.queues.request(client, "q", 10_000);
  await settle();
  for (const id of await ids(site, "leased")) site.queues.nack(client, "q", id, { delayMs: null, dead: true }, null);
  site.disconnect(client);
  await settle();
}

describe("people at the queues", () => {
  it("see them by prefix, in order of name", async () => {
    const site = await openSite();
    for (const queue of ["b", "a2", "a1"]) await site.store1({ queue });
    expect(site.queues.admin.list("a").map(({ queue }) => queue)).toEqual(["a1", "a2"]);
    expect(site.queues.admin.list("").length).toBe(3);
    expect(site.queues.admin.info("c")).toBe(null);
  });

  it("see how long the oldest has waited", async () => {
    const site = await openSite();
    await site.store1();
    site.clock.advance(5000);
    await site.store1({ priority: 9 });
    expect(site.queues.admin.info("q")).toMatchObject({ oldest_ms: 5000, ready: 2 });
    expect(site.queues.admin.info("q")!.bytes).toBeGreaterThan(0);
  });

  it.each([msgpackCodec, etfCodec])("see messages as they were sent, also in $encoding", async (codec) => {
    const site = await openSite();
    const nowMs = site.clock.now();
    const target = { application: "app", key: "k" };
    const id = await site.store1({
      target,
      payload: { a: [1, "ä"] },
      nonce: "n",
      headers: { h: "1" },
      ttlMs: 50,
      codec,
    });
    const expected = {
      queue: "q",
      id,
      state: "ready",
      attempt: 0,
      max_attempts: 20,
      priority: 4,
      pushed_ms: nowMs,
      due_ms: null,
      expires_ms: nowMs + 50,
      cause: null,
      holder: null,
      target,
      nonce: "n",
      headers: { h: "1" },
      payload: { a: [1, "ä"] },
    };
    expect(await site.queues.admin.message("q", id)).toEqual(expected);
    const { client } = site.connect("a");
    site.queues.request(client, "q", 1);
    expect(await site.queues.admin.message("q", id)).toEqual({
      ...expected,
      state: "leased",
      attempt: 1,
      due_ms: nowMs + 15_000,
      holder: { app_id: "app", client_id: "a" },
    });
    expect(await site.queues.admin.message("q", "00000000099")).toBe(null);
    expect(await site.queues.admin.message("q", "nonsense")).toBe(null);
    expect(await site.queues.admin.message("other", id)).toBe(null);
  });

  it("see a message whose content is damaged, without it, and the others whole", async () => {
    let damaged = 0;
    const site = await openSite({
      wrap: (store) => ({
        ...store,
        async read(seqs) {
          if (seqs.includes(damaged)) throw new StoreError("damaged", "not what was written");
          return store.read(seqs);
        },
      }),
    });
    const stored = [await site.store1({ payload: 1 }), await site.store1({ payload: 2 })];
    damaged = parseMessageId(stored[0]!)!;
    const found = await site.queues.admin.messages("q", { ...page, state: "ready" });
    expect(found).toMatchObject({
      messages: [
        { id: stored[0], payload: null },
        { id: stored[1], payload: 2 },
      ],
    });
  });

  it("get null for queues that do not exist, and make none by asking", async () => {
    const { queues } = await openSite();
    const { admin } = queues;
    expect(await admin.messages("q", { ...page, state: "ready" })).toBe(null);
    expect([await admin.ack("q", []), await admin.redrive("q", null), await admin.purge("q", ["dead"])]).toEqual([
      null,
      null,
      null,
    ]);
    await admin.pause("q", false);
    expect(admin.list("")).toEqual([]);
  });

  it("remove messages whoever holds them, who is refused from then on", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    const [held, ready, other] = [await site.store1(), await site.store1(), await site.store1({ queue: "other" })];
    site.queues.request(client, "q", 1);
    expect(await site.queues.admin.ack("q", [held!, ready!, other!, "nonsense", held!])).toBe(2);
    expect(site.queues.ack(client, "q", held!, null)).toMatchObject({ code: "queue/not-leased" });
    expect(site.queues.admin.list("").map(({ queue }) => queue)).toEqual(["other"]);
    expect([client.queues.size, site.store.usedBytes() > 0]).toEqual([0, true]);
  });

  it("remove thousands by id while their holders acknowledge them, and never another message", async () => {
    const site = await openSite();
    await fill(site, 2500);
    const { client } = site.connect("a");
    site.queues.request(client, "q", 2500);
    await settle();
    const all = await ids(site, "leased");
    const removing = site.queues.admin.ack("q", all);
    // Meanwhile the last of them go another way, and new messages take their slots.
    for (const id of all.slice(1500)) site.queues.ack(client, "q", id, null);
    const fresh = Array.from({ length: 1000 }, (_, payload) => site.push({ payload }));
    expect(await removing).toBe(1500);
    expect((await Promise.all(fresh)).every(({ ok }) => ok)).toBe(true);
    expect(site.queues.admin.info("q")).toMatchObject({ ready: 1000, leased: 0 });
  });

  it("give all dead messages another life, thousands of them, or those that they name", async () => {
    const site = await openSite();
    await fill(site, 2500, { maxAttempts: 1, ttlMs: 60_000 });
    await bury(site);
    const [one] = await ids(site, "dead");
    expect(await site.queues.admin.redrive("q", [one!, "nonsense"])).toBe(1);
    expect(await site.queues.admin.message("q", one!)).toMatchObject({
      state: "ready",
      attempt: 0,
      cause: null,
      expires_ms: null,
    });
    expect(await site.queues.admin.redrive("q", [one!])).toBe(0);
    expect(await site.queues.admin.redrive("q", null)).toBe(2499);
    expect(site.queues.admin.info("q")).toMatchObject({ ready: 2500, dead: 0 });
  });

  it("give each dead message one more life, even if it dies again meanwhile", async () => {
    const site = await openSite();
    await fill(site, 1500);
    await bury(site);
    const { client } = site.connect("rejecting");
    site.queues.request(client, "q", 10_000);
    const redriven = site.queues.admin.redrive("q", null);
    for (const id of await ids(site, "leased")) site.queues.nack(client, "q", id, { delayMs: null, dead: true }, null);
    expect(await redriven).toBe(1500);
  });

  it("purge the states that they name, what is leased apart, and what is pushed meanwhile", async () => {
    const site = await openSite();
    await fill(site, 3, { payload: "dead" });
    await bury(site);
    const { client } = site.connect("a");
    await fill(site, 2);
    site.queues.request(client, "q", 2);
    await fill(site, 1500, { target: { key: 1 } });
    await fill(site, 4, { delayMs: 1000 });
    expect(await site.queues.admin.purge("q", ["delayed"])).toBe(4);
    const purging = site.queues.admin.purge("q", ["ready", "dead"]);
    void site.push({ payload: "later" });
    expect(await purging).toBe(1503);
    expect(site.queues.admin.info("q")).toMatchObject({ ready: 1, leased: 2, delayed: 0, dead: 0 });
  });

  it("pause a queue, also one that is to come, and let it go on", async () => {
    const site = await openSite();
    const a = site.connect("a");
    await site.queues.admin.pause("q", true);
    site.queues.request(a.client, "q", 2);
    await site.store1();
    expect(a.given()).toEqual([]);
    await site.queues.admin.pause("q", false);
    expect(a.given()).toEqual([[1, 1]]);
  });
});
