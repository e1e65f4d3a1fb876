import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener } from "../../src/each-listener.ts";
import {
  drainInbox,
  everyoneIn,
  freshName,
  type IdentifiedClient,
  identifiedClient,
  leave,
} from "../../src/identified.ts";
import { consumer, lateConsumer, push, refusal, take, takeAll } from "../../src/queues.ts";

const auth = "s3cret";
const trusted = { identify: { auth } };

/** A query for clients of an application whose metadata has a value. */
const having = (application: string, key: string, value: unknown, more: object = {}): object => ({
  application,
  ops: [{ path: `/${key}`, op: "$eq", to: { value } }],
  ...more,
});

eachListener("who gets a message of a queue", ["--auth", auth], (server) => {
  const producer = (): Promise<IdentifiedClient> => identifiedClient(server(), trusted);
  const capable = (identify: object = {}) => ({ identify: { auth, caps: ["queue2", "receipt"], ...identify } });

  async function asks(queue: string, application: string, more: object = {}): Promise<IdentifiedClient> {
    return consumer(server(), queue, { application, ...capable(more) });
  }

  const integers = (values: Readonly<Record<string, number>>): object => ({
    metadata: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { type: "integer", value }])),
  });

  describe.each(encodings)("in %s", (encoding) => {
    test("[QU-7] a request is for one message, or for count of them, and requests add up", async () => {
      await using client = await identifiedClient(server(), { encoding, ...trusted });
      const queue = freshName("queue");
      client.dispatch("QUEUE_REQUEST", { queue });
      client.dispatch("QUEUE_REQUEST", { queue, count: null });
      client.dispatch("QUEUE_REQUEST", { queue, count: 3 });
      await using sender = await producer();
      await client.settle();
      for (let i = 0; i < 7; i++) await push(sender, queue, { payload: i });
      expect(await takeAll(client, 5)).toEqual([0, 1, 2, 3, 4]);
      await client.settle();
      client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      expect(await takeAll(client, 2)).toEqual([5, 6]);
    });

    test("[QU-7] QUEUE_REQUEST_CANCEL takes every open request back", async () => {
      await using client = await identifiedClient(server(), { encoding, ...trusted });
      const queue = freshName("queue");
      client.dispatch("QUEUE_REQUEST", { queue, count: 10 });
      client.dispatch("QUEUE_REQUEST", { queue, count: 10 });
      await push(client, queue, { payload: "leased" });
      const { id } = await take(client);
      client.dispatch("QUEUE_REQUEST_CANCEL", { queue });
      client.dispatch("QUEUE_REQUEST_CANCEL", { queue: freshName("unheard of") });
      await push(client, queue, { payload: "kept" });
      await client.settle();
      client.dispatch("QUEUE_ACK", { queue, id });
      await client.settle();
    });

    test.each([0, -1, 10_001, 1e9, 1.5, "5", true, [1], {}])(
      "[QU-7] a count of %j is a mistake, and asks for nothing",
      async (count) => {
        await using client = await identifiedClient(server(), { encoding, ...trusted });
        const queue = freshName("queue");
        client.dispatch("QUEUE_REQUEST", { queue, count, nonce: "n" });
        const extra_info = { at: "/d/count" };
        expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { nonce: "n", extra_info }));
        await push(client, queue);
        await client.settle();
      },
    );
  });

  test("[QU-7] no more than 10,000 can be open in one queue, and one too many changes nothing", async () => {
    await using client = await producer();
    const queue = freshName("queue");
    client.dispatch("QUEUE_REQUEST", { queue, count: 9_999 });
    client.dispatch("QUEUE_REQUEST", { queue, count: 2, nonce: 1 });
    expect(await client.next()).toMatchObject(
      refusal("queue/too-many-requests", { nonce: 1, extra_info: { open: 9_999 } }),
    );
    client.dispatch("QUEUE_REQUEST", { queue, count: 1 });
    client.dispatch("QUEUE_REQUEST", { queue, count: 1, nonce: 2 });
    expect(await client.next()).toMatchObject(refusal("queue/too-many-requests", { nonce: 2 }));
    client.dispatch("QUEUE_REQUEST", { queue: freshName("queue"), count: 10_000 });
    await client.settle();
  });

  test("[QU-8] without key and selector those who asked first get theirs first", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using first = await asks(queue, application);
    await using second = await asks(queue, application);
    first.dispatch("QUEUE_REQUEST", { queue });
    await first.settle();
    const target = everyoneIn(application);
    for (let i = 0; i < 3; i++) await push(sender, queue, { target, payload: i });
    expect(await takeAll(first, 1)).toEqual([0]);
    expect(await takeAll(second, 1)).toEqual([1]);
    expect(await takeAll(first, 1)).toEqual([2]);
    await second.settle();
  });

  test("[QU-8] a client that does not ask, or that the target does not keep, gets nothing", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using idle = await identifiedClient(server(), { application, ...trusted });
    await using elsewhere = await asks(queue, freshName("app"));
    await using otherQueue = await asks(freshName("queue"), application);
    await using cold = await asks(queue, application, integers({ heat: 1 }));
    await using hot = await asks(queue, application, integers({ heat: 9 }));
    await push(sender, queue, { target: having(application, "heat", 9), payload: 1 });
    expect(await takeAll(hot, 1)).toEqual([1]);
    for (const client of [idle, elsewhere, otherQueue, cold]) await client.settle();
  });

  test("[QU-8] key picks among those who ask by the ring, as it does for SEND, whoever asked first", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using crowd = createCrowd();
    const asking: IdentifiedClient[] = [];
    for (let i = 0; i < 4; i++) asking.push(crowd.add(await asks(queue, application)));
    const owners = new Set<string>();
    for (const key of ["a", "b", "c", "d", "e", "f", "g", "h", "a", "b"]) {
      const target = everyoneIn(application, { key });
      sender.dispatch("SEND", { target, payload: key });
      await push(sender, queue, { target, payload: key });
      const got = await Promise.all(asking.map(async (client) => ({ client, frames: await drainInbox(client) })));
      const [owner, ...others] = got.filter(({ frames }) => frames.length > 0);
      expect(owner!.frames.map(({ t }) => t)).toEqual(["SEND", "QUEUE"]);
      expect(others).toEqual([]);
      owners.add(owner!.client.id);
      owner!.client.dispatch("QUEUE_REQUEST", { queue });
      await owner!.client.settle();
    }
    expect(owners.size).toBeGreaterThan(1);
  });

  test("[QU-8] where the one that key would pick does not ask, another gets it", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using one = await asks(queue, application);
    await using other = await asks(queue, application);
    const target = everyoneIn(application, { key: "k" });
    await push(sender, queue, { target, payload: 1 });
    await push(sender, queue, { target, payload: 2 });
    const payloads = await Promise.all([takeAll(one, 1), takeAll(other, 1)]);
    expect(payloads.flat().sort()).toEqual([1, 2]);
  });

  test.each([
    ["$max", 9],
    ["$min", 1],
  ])("[QU-8] the selector %s ranks those who ask, whoever asked first", async (selector, best) => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using crowd = createCrowd();
    const byHeat = new Map<number, IdentifiedClient>();
    for (const heat of [5, 1, 9, 4]) {
      byHeat.set(heat, crowd.add(await asks(queue, application, integers({ heat }))));
    }
    const target = everyoneIn(application, { selector: { [selector]: "/heat" } });
    await push(sender, queue, { target, payload: "to the best" });
    expect((await take(byHeat.get(best)!)).payload).toBe("to the best");
    await push(sender, queue, { target, payload: "to the next" });
    const next = selector === "$max" ? 5 : 4;
    expect((await take(byHeat.get(next)!)).payload).toBe("to the next");
    for (const client of byHeat.values()) await client.settle();
  });

  test("[QU-8] optional counts only while no connected client matches, asking or not", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using cold = await asks(queue, application, integers({ heat: 1 }));
    await using hot = await identifiedClient(server(), { application, ...capable(integers({ heat: 9 })) });
    await push(sender, queue, { target: having(application, "heat", 9, { optional: true }), payload: "for the hot" });
    await cold.settle();
    await leave(server(), hot);
    expect((await take(cold)).payload).toBe("for the hot");
  });

  test("[QU-8, QU-10] optional begins to count when the last that matches changes its metadata", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using cold = await asks(queue, application, integers({ heat: 1 }));
    await using hot = await identifiedClient(server(), { application, ...capable(integers({ heat: 9 })) });
    await push(sender, queue, { target: having(application, "heat", 9, { optional: true }), payload: 1 });
    await cold.settle();
    hot.dispatch("UPDATE_METADATA", { heat: { type: "integer", value: 2 } });
    expect((await take(cold)).payload).toBe(1);
  });

  test("[QU-8] restricted clients cannot ask, whatever the target says", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using restricted = await identifiedClient(server(), { application });
    for (const t of ["QUEUE_REQUEST", "QUEUE_REQUEST_CANCEL", "QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND", "QUEUE"]) {
      restricted.dispatch(t, { queue, id: "x", target: {}, payload: 1, nonce: t });
      expect(await restricted.next()).toMatchObject(refusal("dispatch/restricted", { nonce: t }));
    }
    await push(sender, queue, { target: everyoneIn(application, { restricted: true }), payload: 1 });
    await restricted.settle();
    await using free = await lateConsumer(server(), queue, { application, ...capable() });
    expect((await take(free)).payload).toBe(1);
  });

  test("[QU-8] a target may ask for a namespace, for tags, and for an encoding", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using plain = await asks(queue, application);
    await using named = await asks(queue, application, { namespace: "blue", tags: ["fast"] });
    await using packed = await consumer(server(), queue, { application, encoding: "msgpack", ...capable() });
    await push(sender, queue, { target: having(application, "namespace", "blue"), payload: "namespace" });
    expect((await take(named)).payload).toBe("namespace");
    await push(sender, queue, { target: having(application, "encoding", "msgpack"), payload: "encoding" });
    expect((await take(packed)).payload).toBe("encoding");
    named.dispatch("QUEUE_REQUEST", { queue });
    await named.settle();
    await push(sender, queue, { target: { application: ["fast"] }, payload: "tags" });
    expect((await take(named)).payload).toBe("tags");
    await plain.settle();
  });

  test("[QU-10] a message that nobody can take holds up no other", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    for (let i = 0; i < 50; i++) await push(sender, queue, { target: everyoneIn(`nobody ${i}`), payload: "stuck" });
    await push(sender, queue, { target: everyoneIn(application), payload: "through" });
    await using client = await lateConsumer(server(), queue, { application, count: 100, ...capable() });
    expect((await take(client)).payload).toBe("through");
    await push(sender, queue, { target: everyoneIn(application), payload: "through again" });
    expect((await take(client)).payload).toBe("through again");
    await client.settle();
  });

  test("[QU-10] it is looked at again when a client asks, and when one that asks changes its metadata", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using sender = await producer();
    await using client = await identifiedClient(server(), { application, ...capable(integers({ heat: 1 })) });
    await push(sender, queue, { target: having(application, "heat", 1), payload: "on asking" });
    await push(sender, queue, { target: having(application, "heat", 9), payload: "on heating" });
    client.dispatch("QUEUE_REQUEST", { queue, count: 5 });
    expect((await take(client)).payload).toBe("on asking");
    await client.settle();
    client.dispatch("UPDATE_METADATA", { heat: { type: "integer", value: 9 } });
    expect((await take(client)).payload).toBe("on heating");
    await client.settle();
  });
});
