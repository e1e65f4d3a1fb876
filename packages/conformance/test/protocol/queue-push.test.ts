import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, identifiedClient } from "../../src/identified.ts";
import { capableClient, idShape, lateConsumer, push, refusal, settleMessage, take, takeAll } from "../../src/queues.ts";

eachListener("messages into queues", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test.each([
      ["text", "n"],
      ["a number", 7],
      ["a list", [1, "a"]],
      ["a map", { deep: { nonce: true } }],
      ["false", false],
      ["null", null],
    ])("[QU-2] a push is confirmed with the queue, the message's id and its nonce, %s", async (_name, nonce) => {
      await using client = await identifiedClient(server(), { encoding });
      const queue = freshName("queue");
      client.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce });
      const confirm = await client.next();
      expect(confirm).toMatchObject({ op: 4, t: "QUEUE_CONFIRM" });
      expect(confirm.d).toEqual({ queue, id: expect.stringMatching(idShape), nonce });
    });

    test("[QU-2] without a nonce the confirmation has null", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const queue = freshName("queue");
      client.dispatch("QUEUE", { queue, target: {}, payload: 1 });
      expect((await client.next()).d).toEqual({ queue, id: expect.stringMatching(idShape), nonce: null });
    });

    test("[QU-2] confirmations come in the order of the pushes, and no two ids are the same", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const queues = [freshName("queue"), freshName("queue")];
      const count = 300;
      for (let nonce = 0; nonce < count; nonce++) {
        client.dispatch("QUEUE", { queue: queues[nonce % 2], target: {}, payload: nonce, nonce });
      }
      const ids = new Set<string>();
      for (let nonce = 0; nonce < count; nonce++) {
        const { d } = await client.next();
        expect(d).toEqual({ queue: queues[nonce % 2], id: expect.stringMatching(idShape), nonce });
        ids.add(d.id);
      }
      expect(ids.size).toBe(count);
      await client.settle();
    });

    test("[QU-2] the id that was confirmed is the one that the consumer gets", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const queue = freshName("queue");
      const id = await push(client, queue, { nonce: "n", payload: { job: 1 } });
      client.dispatch("QUEUE_REQUEST", { queue });
      const { op, t, d } = await client.next();
      expect({ op, t, d }).toEqual({
        op: 4,
        t: "QUEUE",
        d: { nonce: "n", payload: { queue, id, payload: { job: 1 }, attempt: 1 }, target: null },
      });
    });

    test("[QU-6] droppable is ignored: who takes it may come later", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const [queue, application] = [freshName("queue"), freshName("app")];
      await push(client, queue, { target: everyoneIn(application, { droppable: true }), payload: "waits" });
      await using late = await lateConsumer(server(), queue, { encoding, application });
      expect((await take(late)).payload).toBe("waits");
    });

    test.each([
      ["no queue", { target: {}, payload: 1 }, "dispatch/invalid", "/d/queue"],
      ["a queue of null", { queue: null, target: {}, payload: 1 }, "dispatch/invalid", "/d/queue"],
      ["no target", { queue: "q", payload: 1 }, "dispatch/invalid", "/d/target"],
      ["no payload", { queue: "q", target: {} }, "dispatch/invalid", "/d/payload"],
      [
        "headers that are none",
        { queue: "q", target: {}, payload: 1, headers: { a: 1 } },
        "dispatch/invalid",
        "/d/headers",
      ],
      ["a target that is none", { queue: "q", target: 5, payload: 1 }, "query/invalid", "/d/target"],
      [
        "a bad op",
        { queue: "q", target: { ops: [{ path: "/a", op: "$no" }] }, payload: 1 },
        "query/invalid",
        "/d/target/ops/0/op",
      ],
    ])("[QU-3] with %s it is refused with its nonce, and nothing of it is kept", async (_name, d, code, at) => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("QUEUE", { ...d, nonce: { n: 1 } });
      expect(await client.next()).toMatchObject(refusal(code, { nonce: { n: 1 }, extra_info: { at } }));
      client.dispatch("QUEUE_REQUEST", { queue: "q" });
      await client.settle();
    });

    test.each([null, 5, "text", [1]])("[QU-3] with %j for d it is refused", async (d) => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("QUEUE", d);
      expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d" } }));
    });
  });

  test("[QU-1] a queue goes when it is empty and nobody asks for its messages", async () => {
    await using client = await capableClient(server());
    const queue = freshName("queue");
    const queuesOf = async (): Promise<string[]> => {
      client.dispatch("QUERY_NODES", everyoneIn(client.application));
      return (await client.next()).d.nodes[0].queues;
    };
    expect(await queuesOf()).toEqual([]);
    client.dispatch("QUEUE_REQUEST", { queue });
    expect(await queuesOf()).toEqual([queue]);
    await push(client, queue);
    const message = await take(client);
    expect(await queuesOf()).toEqual([queue]);
    await settleMessage(client, "QUEUE_ACK", message);
    expect(await queuesOf()).toEqual([]);
    client.dispatch("QUEUE_REQUEST", { queue });
    client.dispatch("QUEUE_REQUEST", { queue: `${queue} too` });
    expect(await queuesOf()).toEqual([queue, `${queue} too`]);
    client.dispatch("QUEUE_REQUEST_CANCEL", { queue });
    expect(await queuesOf()).toEqual([`${queue} too`]);
  });

  test("[QU-6] messages wait while their taker is away, however many", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    await using client = await identifiedClient(server());
    for (let i = 0; i < 200; i++) await push(client, queue, { target: everyoneIn(application), payload: i });
    await using late = await lateConsumer(server(), queue, { application, count: 1000 });
    expect(await takeAll(late, 200)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });
});
