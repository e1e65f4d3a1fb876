import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, identifiedClient } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { capableClient, consumer, push, refusal, take } from "../../src/queues.ts";
import { gap, splice } from "../../src/splice.ts";

eachListener("answers about queued messages", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test("[QU-20] a client of receipt is told by the nonce beside t what is stored", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 3 });
      for (const [t, more, answer] of [
        ["QUEUE_EXTEND", { ms: 60_000 }, "QUEUE_EXTENDED"],
        ["QUEUE_NACK", { delay_ms: 60_000 }, "QUEUE_SETTLED"],
        ["QUEUE_ACK", {}, "QUEUE_SETTLED"],
      ] as const) {
        for (const nonce of ["n", 7, { deep: [1] }, false]) {
          client.dispatch("QUEUE_REQUEST", { queue });
          await push(client, queue, { target: everyoneIn(client.application) });
          const { id } = await take(client);
          client.send({ op: 4, t, nonce, d: { queue, id, ...more } });
          const frame = await client.next();
          expect(frame).toMatchObject({ op: 4, t: answer });
          expect(frame.d).toEqual({ queue, id, nonce });
        }
      }
    });

    test("[QU-20] without a nonce beside t nothing is answered that is done", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 4 });
      for (const [t, more] of [
        ["QUEUE_ACK", {}],
        ["QUEUE_NACK", { delay_ms: 60_000 }],
        ["QUEUE_EXTEND", { ms: 60_000 }],
        ["QUEUE_ACK", { nonce: "inside d it is no nonce beside t" }],
      ] as const) {
        await push(client, queue);
        const { id } = await take(client);
        client.dispatch(t, { queue, id, ...more });
        await client.settle();
      }
    });

    test("[QU-20] to a client without receipt the nonce beside t means nothing", async () => {
      const queue = freshName("queue");
      await using client = await identifiedClient(server(), { encoding, identify: { caps: ["queue2"] } });
      client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      for (const t of ["QUEUE_ACK", "QUEUE_EXTEND"]) {
        await push(client, queue);
        const { id } = await take(client);
        client.send({ op: 4, t, nonce: "n", d: { queue, id, ms: 1000 } });
        await client.settle();
      }
    });

    test("[QU-20] refusals carry the nonce beside t, but for one in d", async () => {
      await using client = await capableClient(server(), { encoding });
      for (const t of ["QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"]) {
        for (const [d, nonce] of [
          [{ queue: "q", id: "none", ms: 1 }, "outer"],
          [{ queue: "q", id: "none", ms: 1, nonce: "inner" }, "inner"],
        ] as const) {
          client.send({ op: 4, t, nonce: "outer", d });
          expect(await client.next()).toMatchObject(refusal("queue/not-leased", { nonce }));
        }
      }
    });

    test.each([
      ["QUEUE_ACK", {}, "/d/queue"],
      ["QUEUE_ACK", { queue: "q" }, "/d/id"],
      ["QUEUE_ACK", { queue: "q", id: 7 }, "/d/id"],
      ["QUEUE_ACK", { queue: "q", id: "" }, "/d/id"],
      ["QUEUE_NACK", { queue: "q", id: "x".repeat(257) }, "/d/id"],
      ["QUEUE_NACK", { queue: "q", id: "x", delay_ms: -1 }, "/d/delay_ms"],
      ["QUEUE_NACK", { queue: "q", id: "x", delay_ms: "5" }, "/d/delay_ms"],
      ["QUEUE_NACK", { queue: "q", id: "x", dead: 1 }, "/d/dead"],
      ["QUEUE_EXTEND", { queue: "q", id: "x" }, "/d/ms"],
      ["QUEUE_EXTEND", { queue: "q", id: "x", ms: 0 }, "/d/ms"],
      ["QUEUE_EXTEND", { queue: "q", id: "x", ms: 1.5 }, "/d/ms"],
      ["QUEUE_REQUEST", {}, "/d/queue"],
      ["QUEUE_REQUEST_CANCEL", { queue: 5 }, "/d/queue"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, id: "" }, "/d/id"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, id: 5 }, "/d/id"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, id: "x".repeat(257) }, "/d/id"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, delay_ms: -1 }, "/d/delay_ms"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, ttl_ms: 0 }, "/d/ttl_ms"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, priority: 10 }, "/d/priority"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, priority: -1 }, "/d/priority"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, priority: "high" }, "/d/priority"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, max_attempts: 0 }, "/d/max_attempts"],
      ["QUEUE", { queue: "q", target: {}, payload: 1, max_attempts: 65_536 }, "/d/max_attempts"],
    ])("[QU-3] %s with %j is a mistake at %s", async (t, d, at) => {
      await using client = await capableClient(server(), { encoding });
      client.dispatch(t, { ...d, nonce: "n" });
      const expected = refusal("dispatch/invalid", { nonce: "n", extra_info: { at } });
      expect(await client.next()).toMatchObject(expected);
      await client.settle();
    });

    test.each([
      ["QUEUE", "delay_ms"],
      ["QUEUE", "ttl_ms"],
      ["QUEUE_NACK", "delay_ms"],
      ["QUEUE_EXTEND", "ms"],
    ])("[QU-3] %s with a %s of more than a year is a mistake, and so is one of 2^53+1", async (t, field) => {
      await using client = await capableClient(server(), { encoding });
      const moreThanAYear = { json: "31536000001", msgpack: "cf 0000000757b12c01", etf: "6e 05 00 012cb15707" };
      for (const spelling of [moreThanAYear, numbers["2^53+1"]]) {
        const d = { queue: "q", id: "x", target: {}, payload: 1, [field]: gap };
        client.sendRaw(splice(encoding, { op: 4, t, d }, spelling[encoding]));
        const extra_info = { at: `/d/${field}` };
        expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info }));
      }
    });

    test("the fields and events of queue2 mean nothing for a client without it", async () => {
      const queue = freshName("queue");
      await using client = await identifiedClient(server(), { encoding, identify: { caps: ["receipt"] } });
      const nonsense = { id: 5, delay_ms: "soon", ttl_ms: -1, priority: 99, max_attempts: null };
      const [first, second] = [
        await push(client, queue, nonsense),
        await push(client, queue, { id: "x", delay_ms: 9999 }),
      ];
      const third = await push(client, queue, { id: "x", priority: 9 });
      client.dispatch("QUEUE_REQUEST", { queue, count: 3 });
      for (const id of [first, second, third]) expect(await take(client)).toMatchObject({ id, attempt: 1 });
      for (const t of ["QUEUE_NACK", "QUEUE_EXTEND"]) {
        client.dispatch(t, { queue, id: first, ms: 1, nonce: "n" });
        expect(await client.next()).toMatchObject(refusal("dispatch/unknown-event", { nonce: "n" }));
      }
    });

    test("null is as good as absent for every field of queue2", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding });
      const nulls = { id: null, delay_ms: null, ttl_ms: null, priority: null, max_attempts: null, headers: null };
      const id = await push(client, queue, nulls);
      expect(await take(client)).toEqual({ queue, id, attempt: 1, payload: null, nonce: expect.anything() });
    });
  });

  test("[QU-21] ready has the extension, and tells of the lease and the retry delay", async () => {
    await using both = await capableClient(server());
    expect(both.ready).toMatchObject({
      caps: ["queue2", "receipt"],
      limits: {
        max_frame: 1_048_576,
        max_depth: 128,
        queue_lease_ms: 15_000,
        queue_retry_ms: 15_000,
        queue_dedup_ms: 120_000,
      },
    });
    await using plain = await identifiedClient(server());
    expect(plain.ready).toEqual({ client_id: plain.id, restricted: false });
  });
});
