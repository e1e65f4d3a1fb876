import { describe, expect, it } from "vitest";
import { StoreError } from "../kernel/store-error.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import { parseMessageId } from "./message-id.ts";
import { leaseMs, openSite, retryMs, type Site, settle } from "./queues.kit.ts";

const counts = ({ queues }: Site, name = "q") => {
  const info = queues.admin.info(name);
  return info && [info.ready, info.leased, info.delayed, info.dead];
};

describe("queues", () => {
  it("come into being when they are used, and go when they are empty and nobody asks", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    expect(site.queues.admin.info("q")).toBe(null);
    site.queues.request(client, "q", 2);
    expect(site.queues.admin.info("q")).toMatchObject({ open_requests: 2, consumers: 1 });
    expect([...client.queues.keys()]).toEqual(["q"]);
    site.queues.cancel(client, "q");
    expect([site.queues.admin.info("q"), client.queues.size]).toEqual([null, 0]);
    const id = await site.store1();
    site.queues.request(client, "q", 1);
    await settle();
    site.queues.ack(client, "q", id, null);
    expect([site.queues.admin.info("q"), client.queues.size]).toEqual([null, 0]);
  });

  it("are not forgotten while a push is on its way", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    site.queues.request(client, "q", 1);
    const pushed = site.push();
    site.queues.cancel(client, "q");
    expect(counts(site)).toEqual([0, 0, 0, 0]);
    expect(await pushed).toMatchObject({ ok: true });
    expect(counts(site)).toEqual([1, 0, 0, 0]);
  });

  it("count neither requests of more queues nor of more messages than there may be", async () => {
    const site = await openSite({ limits: { maxQueues: 1 } });
    const { client } = site.connect("a");
    expect(site.queues.request(client, "q", 10_000)).toBe(null);
    expect(site.queues.request(client, "q", 1)).toMatchObject({ code: "queue/too-many-requests" });
    expect(site.queues.request(client, "other", 1)).toMatchObject({ code: "queue/too-many-queues" });
    expect(site.queues.admin.list("")).toMatchObject([{ queue: "q", open_requests: 10_000 }]);
  });

  it("ring when a lease runs out, also one that was made shorter, and when the retry delay is over", async () => {
    const site = await openSite();
    const a = site.connect("a");
    const id = await site.store1();
    site.queues.request(a.client, "q", 1);
    await settle();
    site.clock.advance(leaseMs - 1);
    expect(counts(site)).toEqual([0, 1, 0, 0]);
    site.clock.advance(1);
    expect(counts(site)).toEqual([0, 0, 1, 0]);
    site.queues.request(a.client, "q", 1);
    site.clock.advance(retryMs);
    expect(counts(site)).toEqual([0, 1, 0, 0]);
    site.queues.extend(a.client, "q", id, 700);
    site.clock.advance(700);
    expect(counts(site)).toEqual([0, 0, 1, 0]);
    await settle();
    expect(a.given()).toEqual([[1, 1]]);
  });

  it("extend a lease as often as its holder likes", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    const id = await site.store1();
    site.queues.request(client, "q", 1);
    for (let i = 0; i < 5; i++) {
      site.clock.advance(leaseMs - 1);
      expect(site.queues.extend(client, "q", id, leaseMs)).toBe(null);
    }
    site.clock.advance(leaseMs);
    expect(site.queues.extend(client, "q", id, leaseMs)).toMatchObject({ code: "queue/not-leased" });
  });

  it("deal with thousands that are due at one moment, others getting their turn in between", async () => {
    const site = await openSite();
    for (let i = 0; i < 2500; i++) void site.push({ delayMs: 1000 });
    await settle();
    site.clock.advance(1000);
    expect(counts(site)).toEqual([2500, 0, 0, 0]);
  });

  it("refuse what somebody says about a message that is not his, or of another queue", async () => {
    const site = await openSite();
    const [a, b] = [site.connect("a"), site.connect("b")];
    const id = await site.store1();
    site.queues.request(a.client, "q", 1);
    await settle();
    const notLeased = (queue: string, named: string) => ({
      ok: false,
      code: "queue/not-leased",
      extraInfo: { queue, id: named },
    });
    expect(site.queues.ack(b.client, "q", id, null)).toEqual(notLeased("q", id));
    expect(site.queues.ack(a.client, "other", id, null)).toEqual(notLeased("other", id));
    expect(site.queues.ack(a.client, "q", "nonsense", null)).toEqual(notLeased("q", "nonsense"));
    expect(site.queues.nack(b.client, "q", id, { delayMs: 0, dead: true }, null)).toEqual(notLeased("q", id));
    expect(site.queues.extend(b.client, "q", id, 1)).toEqual(notLeased("q", id));
    expect(counts(site)).toEqual([0, 1, 0, 0]);
  });

  it("look at messages again as a client that asks changes its metadata", async () => {
    const site = await openSite();
    const a = site.connect("a", { n: 1 });
    await site.store1({ target: { ops: [{ path: "/n", op: "$eq", to: { value: 2 } }] } });
    site.queues.request(a.client, "q", 1);
    expect(a.given()).toEqual([]);
    site.update(a.client, { n: 2 });
    expect(a.given()).toEqual([[1, 1]]);
  });

  it("look at optional targets again as those leave, or change, who matched", async () => {
    const site = await openSite();
    const target = { ops: [{ path: "/n", op: "$eq", to: { value: 1 } }], optional: true };
    const [match, other, asking] = [site.connect("m", { n: 1 }), site.connect("o", { n: 1 }), site.connect("a")];
    await site.store1({ target });
    site.queues.request(asking.client, "q", 2);
    site.update(match.client, { n: 2 });
    expect(asking.given()).toEqual([]);
    site.disconnect(other.client);
    expect(asking.given()).toEqual([[1, 1]]);
    await site.store1({ target, payload: 2 });
    expect(asking.given()).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it("go by the ops of an optional target with a selector, whoever the selector would leave out", async () => {
    const site = await openSite();
    const target = { ops: [{ path: "/n", op: "$eq", to: { value: 1 } }], optional: true, selector: { $min: "/load" } };
    const asking = site.connect("a", { load: 0 });
    const match = site.connect("m", { n: 1 });
    for (let i = 0; i < 20; i++) site.connect(`other ${i}`);
    site.queues.request(asking.client, "q", 100);
    for (let payload = 0; payload < 50; payload++) await site.store1({ target, payload });
    expect(asking.given()).toEqual([]);
    site.disconnect(match.client);
    expect(asking.given().length).toBe(50);
  });

  it("give nothing to a client that has said goodbye, which may still deal with what it holds", async () => {
    const site = await openSite();
    const a = site.connect("a");
    const [first, second] = [await site.store1(), await site.store1()];
    site.queues.request(a.client, "q", 5);
    await settle();
    site.registry.leave(a.client);
    await site.store1({ payload: "late" });
    expect(counts(site)).toEqual([1, 2, 0, 0]);
    expect(site.queues.ack(a.client, "q", first, null)).toBe(null);
    expect(site.queues.nack(a.client, "q", second, { delayMs: 0, dead: false }, null)).toBe(null);
    expect(counts(site)).toEqual([2, 0, 0, 0]);
    expect(a.given().length).toBe(2);
  });

  it("give a client that comes back what it asked for before it left, and had not got", async () => {
    const site = await openSite({ limits: { maxQueues: 1 } });
    const a = site.connect("a");
    site.queues.request(a.client, "q", 3);
    await site.store1();
    site.registry.leave(a.client);
    expect(site.queues.admin.info("q")).toMatchObject({ open_requests: 0, leased: 1 });
    site.queues.ack(a.client, "q", a.ids()[0]!, null);
    // The queue is kept for it.
    expect(site.queues.request(site.connect("b").client, "other", 1)).toMatchObject({ code: "queue/too-many-queues" });
    await site.store1({ payload: 2 });
    expect(a.given().length).toBe(1);
    site.registry.join(a.client);
    expect(site.queues.admin.info("q")).toMatchObject({ open_requests: 1, leased: 1 });
    await settle();
    expect(a.given()).toEqual([
      [1, 1],
      [2, 1],
    ]);
    site.registry.leave(a.client);
    site.queues.cancel(a.client, "q");
    site.registry.join(a.client);
    expect(site.queues.admin.info("q")).toMatchObject({ open_requests: 0 });
  });

  it("give what a client held to others at once when it goes, in its old place", async () => {
    const site = await openSite();
    const [a, b] = [site.connect("a"), site.connect("b")];
    for (const payload of [1, 2, 3]) await site.store1({ payload });
    site.queues.request(a.client, "q", 2);
    await settle();
    site.disconnect(a.client);
    site.queues.request(b.client, "q", 3);
    await settle();
    expect(b.given()).toEqual([
      [1, 2],
      [2, 2],
      [3, 1],
    ]);
    expect(site.queues.admin.info("q")).toMatchObject({ consumers: 1, open_requests: 0 });
  });

  it("take a message back as if nothing had been from a socket that is full, and give that client no more", async () => {
    const site = await openSite();
    const [a, b] = [site.connect("a"), site.connect("b")];
    a.outbox.full = true;
    site.queues.request(a.client, "q", 10);
    site.queues.request(b.client, "q", 1);
    await site.store1({ maxAttempts: 1, ttlMs: 1000 });
    expect(b.given()).toEqual([[1, 1]]);
    expect(site.queues.admin.info("q")).toMatchObject({ open_requests: 0, leased: 1 });
  });

  it("ring for a message that was taken back while it was read", async () => {
    const site = await openSite();
    const a = site.connect("a");
    await site.store1({ delayMs: 1000, ttlMs: 5000 });
    site.queues.request(a.client, "q", 1);
    a.outbox.full = true;
    site.clock.advance(1000);
    await settle();
    expect(counts(site)).toEqual([1, 0, 0, 0]);
    site.clock.advance(4000);
    expect(counts(site)).toEqual([0, 0, 0, 1]);
  });

  it("hand nothing over whose lease ran out while it was read", async () => {
    const site = await openSite();
    const a = site.connect("a");
    await site.store1({ delayMs: 1000 });
    site.queues.request(a.client, "q", 1);
    site.clock.advance(1000 + leaseMs);
    expect(counts(site)).toEqual([0, 0, 1, 0]);
    await settle();
    expect(a.given()).toEqual([]);
  });

  it("bury a message that the store cannot read, say so, and go on with the others", async () => {
    const damaged = new Set<number>();
    const site = await openSite({
      wrap: (store): QueueStore => ({
        ...store,
        async read(seqs) {
          if (seqs.some((seq) => damaged.has(seq))) throw new StoreError("damaged", "not what was written");
          return store.read(seqs);
        },
      }),
    });
    const a = site.connect("a");
    const ids = [1, 2, 3].map((payload) => site.store1({ payload, delayMs: 1000 }));
    const seq = parseMessageId((await Promise.all(ids))[1]!)!;
    damaged.add(seq);
    site.queues.request(a.client, "q", 3);
    site.clock.advance(1000);
    await settle();
    expect(a.given()).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect(counts(site)).toEqual([0, 2, 0, 1]);
    expect(site.logged).toEqual([expect.objectContaining({ queue: "q", seq })]);
  });

  it("tell of an acknowledgement and of a refusal once they are on disk", async () => {
    const site = await openSite();
    const { client } = site.connect("a");
    const [first, second] = [await site.store1(), await site.store1()];
    site.queues.request(client, "q", 2);
    await settle();
    const told: string[] = [];
    site.queues.ack(client, "q", first, () => told.push("ack"));
    site.queues.nack(client, "q", second, { delayMs: null, dead: true }, () => told.push("nack"));
    expect(told).toEqual([]);
    await settle();
    expect(told).toEqual(["ack", "nack"]);
  });

  it("store everything that is under way before they close", async () => {
    const site = await openSite();
    const told: boolean[] = [];
    void site.push().then(({ ok }) => told.push(ok));
    await site.queues.close();
    expect(told).toEqual([true]);
    expect(await site.push()).toMatchObject({ ok: false, code: "queue/unavailable" });
    const again = await openSite({ clock: site.clock, store: site.store });
    expect(counts(again)).toEqual([1, 0, 0, 0]);
  });
});
