import { describe, expect, test } from "vitest";
import { eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, freshName, type IdentifiedClient, identifiedClient } from "../../src/identified.ts";
import {
  capableClient,
  consumer,
  lateConsumer,
  push,
  queueCaps,
  settleMessage,
  take,
  takeAll,
} from "../../src/queues.ts";

/** No heartbeat is missed here, and leases are short. */
const settings = { heartbeatIntervalMs: 1_000_000_000, queueLeaseMs: 1000, queueRetryMs: 500, queueMaxAttempts: 3 };

/** Pushes of one id are one message for so long ([QU-4]). */
const windowMs = 120_000;

eachSteppedListener("the life of a message", settings, (server) => {
  const step = (ms: number): void => server().clock.step(ms);

  /** Why the messages of a queue are dead, in the order in which they died. */
  async function deadIn(queue: string): Promise<{ cause: string; payload: unknown; attempt: number }[]> {
    const { json } = await ask(server(), "GET", `/api/v1/queues/${encodeURIComponent(queue)}/messages?state=dead`);
    return json.messages.map(({ cause, payload, attempt }: never) => ({ cause, payload, attempt }));
  }

  /** Both ends of a queue: what it pushes only it can take. */
  async function both(queue: string, count = 0): Promise<IdentifiedClient> {
    return count === 0 ? capableClient(server()) : consumer(server(), queue, { count });
  }

  describe("[QU-21]", () => {
    test("ready tells clients of queue2 about the lease and the retry delay", async () => {
      await using client = await identifiedClient(server(), { identify: { caps: ["queue2"] } });
      expect(client.ready).toMatchObject({ caps: ["queue2"], limits: { queue_lease_ms: 1000, queue_retry_ms: 500 } });
    });
  });

  describe("[QU-4] pushes of one id", () => {
    test("are one message within two minutes, confirmed with the first one's id and their own nonces", async () => {
      const queue = freshName("queue");
      await using client = await both(queue, 9);
      const first = await push(client, queue, { id: "order 7", payload: "first" });
      expect(await take(client)).toMatchObject({ id: first, payload: "first" });
      for (const more of [{}, { nonce: "mine" }, { payload: "other", delay_ms: 5, target: { ops: "not looked at" } }]) {
        client.dispatch("QUEUE", { queue, id: "order 7", target: {}, payload: "again", ...more });
        const { nonce = null } = more as { nonce?: string };
        expect(await client.next()).toMatchObject({ t: "QUEUE_CONFIRM", d: { queue, id: first, nonce } });
      }
      await settleMessage(client, "QUEUE_ACK", { queue, id: first });
      step(windowMs - 1);
      expect(await push(client, queue, { id: "order 7" })).toBe(first);
      await client.settle();
      step(1);
      const second = await push(client, queue, { id: "order 7", payload: "second" });
      expect(second).not.toBe(first);
      expect(await take(client)).toMatchObject({ id: second, payload: "second" });
    });

    test("are different messages in different queues, and null is no id", async () => {
      const [queue, other] = [freshName("queue"), freshName("queue")];
      await using client = await both(queue);
      const ids = [
        await push(client, queue, { id: "x" }),
        await push(client, other, { id: "x" }),
        await push(client, queue, { id: "X" }),
        await push(client, queue, { id: null }),
        await push(client, queue, { id: null }),
        await push(client, queue),
      ];
      expect(new Set(ids).size).toBe(6);
    });

    test("are one message while the first is on its way", async () => {
      const queue = freshName("queue");
      await using client = await both(queue);
      for (let nonce = 0; nonce < 5; nonce++) {
        client.dispatch("QUEUE", { queue, id: "x", target: {}, payload: nonce, nonce });
      }
      const confirms = [];
      for (let nonce = 0; nonce < 5; nonce++) confirms.push((await client.next()).d);
      expect(confirms.map(({ nonce }) => nonce)).toEqual([0, 1, 2, 3, 4]);
      expect(new Set(confirms.map(({ id }) => id)).size).toBe(1);
    });
  });

  describe("[QU-5, QU-9]", () => {
    test("delay_ms keeps a message back", async () => {
      const queue = freshName("queue");
      await using client = await both(queue, 1);
      await push(client, queue, { delay_ms: 700 });
      step(699);
      await client.settle();
      step(1);
      expect((await take(client)).attempt).toBe(1);
    });

    test("a delay of a year is kept", async () => {
      const queue = freshName("queue");
      await using client = await both(queue, 1);
      await push(client, queue, { delay_ms: 31_536_000_000 });
      step(86_400_000);
      await client.settle();
    });

    test("a message whose delay is over lines up behind those that are ready already", async () => {
      const queue = freshName("queue");
      await using client = await both(queue);
      await push(client, queue, { payload: "delayed", delay_ms: 100 });
      await push(client, queue, { payload: "ready" });
      step(100);
      await push(client, queue, { payload: "later" });
      client.dispatch("QUEUE_REQUEST", { queue, count: 3 });
      expect(await takeAll(client, 3)).toEqual(["ready", "delayed", "later"]);
    });

    test("a message that was refused without delay lines up behind those that are ready", async () => {
      const queue = freshName("queue");
      await using client = await both(queue);
      for (const payload of ["a", "b"]) await push(client, queue, { payload });
      client.dispatch("QUEUE_REQUEST", { queue });
      const message = await take(client);
      await settleMessage(client, "QUEUE_NACK", message, { delay_ms: 0 });
      client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      expect(await takeAll(client, 2)).toEqual(["b", "a"]);
    });

    test("the highest priority goes first, 4 where nobody says, and equals go in the order of their pushes", async () => {
      const queue = freshName("queue");
      await using client = await both(queue);
      for (const priority of [0, 9, undefined, 4, null, 5, 3, 9]) {
        await push(client, queue, { payload: priority ?? `${priority}`, priority });
      }
      client.dispatch("QUEUE_REQUEST", { queue, count: 8 });
      expect(await takeAll(client, 8)).toEqual([9, 9, 5, "undefined", 4, "null", 3, 0]);
    });

    test("of the messages that a client may take it gets the first, whatever their targets are", async () => {
      const [queue, application] = [freshName("queue"), freshName("app")];
      await using client = await identifiedClient(server(), { application, identify: { caps: ["queue2"] } });
      const targets = [{}, everyoneIn(application), everyoneIn("nobody"), everyoneIn(application, { key: "k" })];
      for (let i = 0; i < 24; i++) {
        await push(client, queue, { target: targets[i % 4], payload: i, priority: i < 12 ? 1 : 2 });
      }
      client.dispatch("QUEUE_REQUEST", { queue, count: 24 });
      const takable = Array.from({ length: 24 }, (_, i) => i).filter((i) => i % 4 !== 2);
      const expected = [...takable.filter((i) => i >= 12), ...takable.filter((i) => i < 12)];
      expect(await takeAll(client, 18)).toEqual(expected);
      await client.settle();
    });

    test("a message that nobody takes in its time to live is dead: expired", async () => {
      const queue = freshName("queue");
      await using client = await both(queue);
      await push(client, queue, { payload: "ready", ttl_ms: 300 });
      await push(client, queue, { payload: "delayed", ttl_ms: 400, delay_ms: 10_000 });
      step(299);
      expect(await deadIn(queue)).toEqual([]);
      step(1);
      expect(await deadIn(queue)).toEqual([{ cause: "expired", payload: "ready", attempt: 0 }]);
      step(100);
      expect(await deadIn(queue)).toMatchObject([{}, { cause: "expired", payload: "delayed", attempt: 0 }]);
      client.dispatch("QUEUE_REQUEST", { queue });
      await client.settle();
    });

    test("the time to live of one that is being dealt with ends once it comes back, and not if it does not", async () => {
      const queue = freshName("queue");
      await using client = await both(queue);
      await push(client, queue, { payload: "back", ttl_ms: 300 });
      await push(client, queue, { payload: "done", ttl_ms: 300 });
      client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      const [back, done] = [await take(client), await take(client)];
      step(800);
      expect(await deadIn(queue)).toEqual([]);
      await settleMessage(client, "QUEUE_ACK", done);
      await settleMessage(client, "QUEUE_NACK", back, { delay_ms: 0 });
      expect(await deadIn(queue)).toEqual([{ cause: "expired", payload: "back", attempt: 1 }]);
    });
  });

  describe("[QU-13, QU-15]", () => {
    test("a message that was given out as often as it may be is dead: attempts", async () => {
      const queue = freshName("queue");
      await using client = await both(queue, 9);
      await push(client, queue, { payload: "usual" });
      for (const attempt of [1, 2, 3]) {
        expect((await take(client)).attempt).toBe(attempt);
        step(1500);
      }
      await client.settle();
      expect(await deadIn(queue)).toEqual([{ cause: "attempts", payload: "usual", attempt: 3 }]);
    });

    test.each(["a lease that runs out", "a refusal", "a client that goes away"])(
      "max_attempts counts every delivery: %s ends the only one",
      async (how) => {
        const [queue, application] = [freshName("queue"), freshName("app")];
        await using sender = await identifiedClient(server(), { identify: { caps: ["queue2"] } });
        const client = await consumer(server(), queue, { application, count: 2 });
        await push(sender, queue, { target: everyoneIn(application), payload: how, max_attempts: 1 });
        const message = await take(client);
        if (how === "a refusal") await settleMessage(client, "QUEUE_NACK", message, { delay_ms: 0 });
        if (how === "a lease that runs out") step(1000);
        if (how === "a client that goes away") {
          await client.close();
          await sender.settle();
        }
        expect(await deadIn(queue)).toEqual([{ cause: "attempts", payload: how, attempt: 1 }]);
        await client[Symbol.asyncDispose]();
      },
    );

    test("QUEUE_NACK with dead: true ends a message at once: rejected", async () => {
      const queue = freshName("queue");
      await using client = await both(queue, 9);
      await push(client, queue, { payload: 1 });
      await settleMessage(client, "QUEUE_NACK", await take(client), { dead: true, delay_ms: 0 });
      expect(await deadIn(queue)).toEqual([{ cause: "rejected", payload: 1, attempt: 1 }]);
      step(10_000_000);
      await client.settle();
      expect(await deadIn(queue)).toHaveLength(1);
    });

    test("dead messages are given out again once somebody redrives them, with attempt 1 and no time to live", async () => {
      const queue = freshName("queue");
      await using client = await both(queue, 9);
      const id = await push(client, queue, { ttl_ms: 5000 });
      await settleMessage(client, "QUEUE_NACK", await take(client), { dead: true });
      step(5000);
      const { json } = await ask(server(), "POST", `/api/v1/queues/${queue}/redrive`, { body: {} });
      expect(json).toEqual({ count: 1 });
      expect(await take(client)).toMatchObject({ id, attempt: 1 });
    });
  });

  describe("[QU-17, QU-18] after a crash", () => {
    test("what was confirmed is there, in order, but for what was acknowledged; leases are over, attempts count", async () => {
      const [queue, application] = [freshName("queue"), freshName("app")];
      const before = await identifiedClient(server(), { application, identify: { caps: queueCaps } });
      const ids: string[] = [];
      for (const payload of ["acked", "leased", "ready"]) ids.push(await push(before, queue, { payload }));
      before.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      const [acked] = [await take(before), await take(before)];
      await push(before, queue, { payload: "delayed", delay_ms: 600 });
      await push(before, queue, { payload: "urgent", priority: 9 });
      await push(before, queue, { payload: "dead", ttl_ms: 1 });
      const twin = await push(before, queue, { payload: "only once", id: "twin" });
      await settleMessage(before, "QUEUE_ACK", acked!);
      // A delivery is stored within a tenth of a second.
      step(100);
      await before.settle();
      await server().restart();
      await before.closed;
      await using after = await lateConsumer(server(), queue, { application, count: 9 });
      const taken = [await take(after), await take(after), await take(after), await take(after)];
      expect(taken.map(({ payload, attempt }) => [payload, attempt])).toEqual([
        ["urgent", 1],
        ["leased", 2],
        ["ready", 1],
        ["only once", 1],
      ]);
      expect(taken[1]!.id).toBe(ids[1]);
      await after.settle();
      step(600);
      expect(await take(after)).toMatchObject({ payload: "delayed", attempt: 1 });
      expect(await deadIn(queue)).toMatchObject([{ payload: "dead", cause: "expired" }]);
      // [QU-4]: across a restart too. [QU-2]: no id is used again.
      expect(await push(after, queue, { id: "twin" })).toBe(twin);
      expect([...ids, twin]).not.toContain(await push(after, queue));
    });
  });
});
