import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, freshName, identifiedClient } from "../../src/identified.ts";
import { capableClient, consumer, lateConsumer, push, refusal, settleMessage, take } from "../../src/queues.ts";
import { gap, type Spelling, splice } from "../../src/splice.ts";

eachListener("hostile clients of queues", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test.each([
      ["nothing", ""],
      ["257 bytes", "x".repeat(257)],
      ["65 times four bytes", "\u{1f9e0}".repeat(65)],
      ["86 times three bytes", "€".repeat(86)],
      ["a mebibyte", "x".repeat(900_000)],
      ["a number", 7],
      ["true", true],
      ["a list", ["q"]],
      ["a map", { queue: "q" }],
    ])("[QU-1] a name of %s is refused for every event", async (_name, queue) => {
      await using client = await capableClient(server(), { encoding });
      for (const t of ["QUEUE", "QUEUE_REQUEST", "QUEUE_REQUEST_CANCEL", "QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"]) {
        client.dispatch(t, { queue, id: "x", ms: 1, target: {}, payload: 1 });
        expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/queue" } }));
      }
      await client.settle();
    });

    test.each([
      ["256 bytes", "x".repeat(256)],
      ["64 times four bytes", "\u{1f9e0}".repeat(64)],
      ["a NUL", "a\u0000b"],
      ["what maps are made of", "__proto__"],
      ["what objects have", "constructor"],
      ["a path", "../../etc/passwd"],
      ["a space", " "],
      ["words", "신경 \u{1f468}\u200d\u{1f469} \u202e"],
    ])("[QU-1] a name of %s is one like any other", async (_name, base) => {
      const queue = base.length < 64 ? `${base}${encoding}${freshName("")}` : base;
      await using client = await consumer(server(), queue, { encoding });
      const id = await push(client, queue, { target: everyoneIn(client.application) });
      const message = await take(client);
      expect(message).toMatchObject({ queue, id });
      client.dispatch("QUERY_NODES", everyoneIn(client.application));
      expect((await client.next()).d.nodes[0].queues).toEqual([queue]);
      await settleMessage(client, "QUEUE_ACK", message);
    });

    test("what belongs to others cannot be settled, whatever is guessed", async () => {
      const queue = freshName("queue");
      await using owner = await consumer(server(), queue, { encoding });
      await using thief = await capableClient(server(), { encoding });
      await push(thief, queue);
      const message = await take(owner);
      const next = (Number.parseInt(message.id, 36) + 1).toString(36).padStart(11, "0");
      const guesses = [message.id, next, `${message.id} `, "00000000000", "zzzzzzzzzzz", "__proto__", "0x1", "NaN"];
      for (const id of guesses) {
        for (const t of ["QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"]) {
          thief.dispatch(t, { queue, id, ms: 1 });
          expect(await thief.next()).toMatchObject(refusal("queue/not-leased"));
        }
      }
      await settleMessage(owner, "QUEUE_ACK", message);
    });
  });

  test("clients that ask and leave at once leave nothing behind, and lose nothing", async () => {
    const queue = freshName("queue");
    await using sender = await identifiedClient(server());
    const total = 100;
    // Fewer than the attempts that a message has.
    const storm = Array.from({ length: 19 }, async () => {
      const flighty = await identifiedClient(server());
      flighty.dispatch("QUEUE_REQUEST", { queue, count: 10_000 });
      if (flighty.id.endsWith("0")) await flighty.close();
      else flighty.socket.terminate();
    });
    for (let i = 0; i < total; i++) await push(sender, queue, { payload: i });
    await Promise.all(storm);
    await using last = await lateConsumer(server(), queue, { count: total });
    const payloads = new Set<number>();
    while (payloads.size < total) payloads.add((await take(last)).payload);
    await last.settle();
  });

  test("a thousand queues of one client go with it", async () => {
    const names = Array.from({ length: 1000 }, () => freshName("many"));
    const hoarder = await identifiedClient(server());
    for (const queue of names) hoarder.dispatch("QUEUE_REQUEST", { queue, count: 10_000 });
    hoarder.dispatch("QUERY_NODES", everyoneIn(hoarder.application));
    expect((await hoarder.next()).d.nodes[0].queues).toEqual(names);
    await hoarder.close();
  });

  test("keys that come twice, or by another name, do not confuse it: the last one counts", async () => {
    const queue = freshName("queue");
    await using client = await identifiedClient(server());
    client.sendRaw(
      `{"op":4,"t":"QUEUE","d":{"queue":"wrong","queue":"${queue}","payload":1,"payload":2,"target":5,"target":{},"nonce":1,"nonce":2}}`,
    );
    expect((await client.next()).d).toMatchObject({ queue, nonce: 2 });
    client.dispatch("QUEUE_REQUEST", { queue });
    expect((await take(client)).payload).toBe(2);
  });
});

/** Constants that one encoding can say and another cannot; targets are kept as JSON. */
const strange: Readonly<Record<string, Spelling>> = {
  "not a number": { json: '"$"', msgpack: "cb 7ff8000000000000", etf: "46 7ff8000000000000" },
  infinity: { json: "1e999", msgpack: "cb 7ff0000000000000", etf: "46 7ff0000000000000" },
  bytes: { json: '{"$base64":"/w=="}', msgpack: "c4 01 ff", etf: "6d 00000001 ff" },
  "an extension": { json: "[[]]", msgpack: "d4 01 00", etf: "68 01 61 01" },
  "2^64-1": { json: "18446744073709551615", msgpack: "cf ffffffffffffffff", etf: "6e 08 00 ffffffffffffffff" },
  "-0.0": { json: "-0.0", msgpack: "cb 8000000000000000", etf: "46 8000000000000000" },
  "keys that are no text": { json: '{"":1}', msgpack: "81 01 02", etf: "74 00000001 61 01 61 02" },
  "lone surrogates": { json: '"\\ud800"', msgpack: "a3 eda080", etf: "6d 00000003 eda080" },
};

eachSteppedListener("strange targets", {}, (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test.each(Object.entries(strange))(
      "a constant that is %s is refused, or is no trouble after a restart",
      async (_name, spelling) => {
        const queue = freshName("queue");
        await using client = await identifiedClient(server(), { encoding });
        const target = { ops: [{ path: "/x", op: "$ne", to: { value: gap } }] };
        client.sendRaw(splice(encoding, { op: 4, t: "QUEUE", d: { queue, target, payload: 1 } }, spelling[encoding]));
        const answer = await client.next();
        if (answer.op === 8) return expect(answer.d.code).toMatch(/^frame\//);
        if (answer.op === 3) return expect(answer.d.code).toMatch(/^(query|dispatch)\/invalid$/);
        expect(answer).toMatchObject({ t: "QUEUE_CONFIRM" });
        const listed = async () => {
          const headers = { connection: "close" };
          return (await ask(server(), "GET", `/api/v1/queues/${queue}/messages`, { headers })).json.messages;
        };
        const before = await listed();
        await server().restart();
        expect(await listed()).toEqual(before);
      },
    );

    test("a name that is no Unicode text is refused, or comes back as it went", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const frame = { op: 4, t: "QUEUE", d: { queue: gap, target: {}, payload: 1 } };
      client.sendRaw(splice(encoding, frame, strange["lone surrogates"]![encoding]));
      const { t, d } = await client.next();
      if (t === "QUEUE_CONFIRM") expect(d.queue).toBe("\ud800");
      else expect(d).toMatchObject({ code: "dispatch/invalid", extra_info: { at: "/d/queue" } });
    });
  });
});
