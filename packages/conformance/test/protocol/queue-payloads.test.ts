import { describe, expect, test } from "vitest";
import { etfWithAtomKeys } from "../../src/codecs/etf.ts";
import { type Encoding, encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, identifiedClient } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { consumer, idShape, push, take } from "../../src/queues.ts";
import { gap, type Spelling, splice } from "../../src/splice.ts";

const bytes = new Uint8Array([0xff, 0x00, 0x80]);

/** What bytes that are no text become. */
const arrivingBytes: Readonly<Record<Encoding, unknown>> = { json: { $base64: "/wCA" }, msgpack: bytes, etf: bytes };

eachListener("what a queued message carries", [], (server) => {
  /** A queue with one producer and one consumer that asks. */
  async function ends(from: Encoding, to: Encoding) {
    const queue = freshName("queue");
    const sender = await identifiedClient(server(), { encoding: from });
    const receiver = await consumer(server(), queue, { encoding: to });
    return {
      queue,
      sender,
      receiver,
      target: everyoneIn(receiver.application),
      async [Symbol.asyncDispose]() {
        await sender[Symbol.asyncDispose]();
        await receiver[Symbol.asyncDispose]();
      },
    };
  }

  describe.each(encodings)("from %s", (from) => {
    describe.each(encodings)("to %s", (to) => {
      test("[QU-22] payload, nonce and headers arrive as they were sent", async () => {
        await using at = await ends(from, to);
        const value = {
          text: "신경 \u0000 \u{1f9e0}",
          list: [1, -2.5, null, true, [], {}],
          map: { "": { "a/b": "c" } },
        };
        const headers = { trace: "x", "": "신경" };
        const id = await push(at.sender, at.queue, { target: at.target, payload: value, nonce: [value], headers });
        const { d } = await at.receiver.next();
        expect(d).toEqual({
          nonce: [value],
          payload: { queue: at.queue, id, payload: value, attempt: 1 },
          target: null,
          headers,
        });
      });

      const sendable: [string, Spelling][] = Object.entries(numbers).filter(
        ([, spelling]) => from !== "msgpack" || !("sendsMsgpack" in spelling),
      );

      test.each(sendable)("[QU-22] %s arrives digit for digit, as payload and as nonce", async (_name, spelling) => {
        await using at = await ends(from, to);
        const { queue, target } = at;
        for (const d of [
          { queue, target, payload: { here: gap }, nonce: null },
          { queue, target, payload: null, nonce: { here: gap } },
        ]) {
          at.sender.sendRaw(splice(from, { op: 4, t: "QUEUE", d }, spelling[from]));
          const confirm = await at.sender.nextReceived();
          expect(confirm.frame.t).toBe("QUEUE_CONFIRM");
          expect(confirm.bytes.includes(entry(from, spelling[from]))).toBe(d.nonce !== null);
          const delivery = await at.receiver.nextReceived();
          expect(delivery.frame.t).toBe("QUEUE");
          expect(delivery.bytes.includes(entry(to, spelling[to])), delivery.bytes.toString("latin1")).toBe(true);
          at.receiver.dispatch("QUEUE_REQUEST", { queue });
        }
      });
    });
  });

  test.each(["msgpack", "etf"] as const)("[QU-22] bytes from %s reach every encoding", async (from) => {
    for (const to of encodings) {
      await using at = await ends(from, to);
      await push(at.sender, at.queue, { target: at.target, payload: { bytes }, nonce: bytes });
      const expected = arrivingBytes[to];
      expect(await take(at.receiver)).toMatchObject({ payload: { bytes: expected }, nonce: expected });
    }
  });

  test("[QU-22] a frame with atoms for keys is understood as one with binaries", async () => {
    await using at = await ends("etf", "etf");
    await using sender = await identifiedClient(server(), { codec: etfWithAtomKeys });
    await push(sender, at.queue, { target: at.target, payload: { key: { inner: 1 } }, nonce: { a: 1 } });
    expect(await take(at.receiver)).toMatchObject({ payload: { key: { inner: 1 } }, nonce: { a: 1 } });
  });

  test.each(encodings)("[QU-22] headers stay away from a client of %s without any extension", async (encoding) => {
    const queue = freshName("queue");
    await using plain = await identifiedClient(server(), { encoding });
    await using capable = await identifiedClient(server(), { encoding, identify: { caps: ["receipt"] } });
    await using strange = await identifiedClient(server(), { encoding, identify: { caps: ["nobody has this"] } });
    for (const [client, expected] of [
      [plain, undefined],
      [strange, undefined],
      [capable, { trace: "x" }],
    ] as const) {
      await push(plain, queue, { headers: { trace: "x" }, target: everyoneIn(client.application) });
      client.dispatch("QUEUE_REQUEST", { queue });
      const { d } = await client.next();
      expect(d.headers).toEqual(expected);
      expect(Object.keys(d.payload).sort()).toEqual(["attempt", "id", "payload", "queue"]);
    }
  });

  test.each(encodings)("[QU-22] keys like __proto__ and constructor survive, from %s", async (from) => {
    for (const to of encodings) {
      await using at = await ends(from, to);
      const payload = JSON.parse('{"constructor":{"prototype":1},"toString":2,"payload":{"id":3,"queue":4}}');
      await push(at.sender, at.queue, { target: at.target, payload });
      expect((await take(at.receiver)).payload).toEqual(payload);
    }
  });

  test("[QU-22] JSON that only its bytes can tell apart arrives byte for byte", async () => {
    await using at = await ends("json", "json");
    for (const text of [
      '{ "a" :\t1.50e0 , "a": "\\u0041" , "__proto__": {"x": -0} }',
      "[ 1E400 , 0.1000 ]",
      '"\\/\\ud800"',
    ]) {
      const { queue, target } = at;
      at.sender.sendRaw(splice("json", { op: 4, t: "QUEUE", d: { queue, target, payload: gap } }, text));
      expect(await at.sender.next()).toMatchObject({ t: "QUEUE_CONFIRM" });
      expect((await at.receiver.nextReceived()).bytes.toString()).toContain(`"payload":${text}`);
      at.receiver.dispatch("QUEUE_REQUEST", { queue });
    }
  });

  test("a nonce of more than 1,024 bytes reaches the consumer whole, and the confirmation has null in its place", async () => {
    await using at = await ends("json", "json");
    const nonce = "n".repeat(1025);
    at.sender.dispatch("QUEUE", { queue: at.queue, target: at.target, payload: 1, nonce });
    expect((await at.sender.next()).d).toEqual({ queue: at.queue, id: expect.stringMatching(idShape), nonce: null });
    expect((await take(at.receiver)).nonce).toBe(nonce);
  });

  test("in etf the delivery's d has atoms for keys; the message in it, and a confirmation, have binaries", async () => {
    await using at = await ends("etf", "etf");
    at.sender.dispatch("QUEUE", {
      queue: at.queue,
      target: at.target,
      payload: { k: 1 },
      nonce: "n",
      headers: { h: "v" },
    });
    const confirm = (await at.sender.nextReceived()).bytes;
    const delivery = (await at.receiver.nextReceived()).bytes;
    const isAtom = (frame: Buffer, name: string): boolean => frame.includes(atom(name));
    for (const key of ["queue", "id", "nonce"]) expect([key, isAtom(confirm, key)]).toEqual([key, false]);
    for (const key of ["nonce", "payload", "target", "headers"])
      expect([key, isAtom(delivery, key)]).toEqual([key, true]);
    for (const key of ["queue", "id", "attempt", "k", "h"]) expect([key, isAtom(delivery, key)]).toEqual([key, false]);
  });
});

const atom = (name: string): Buffer => Buffer.concat([Buffer.from([100, 0, name.length]), Buffer.from(name)]);

/** An entry of a map, with the key `here`. */
function entry(encoding: Encoding, spelling: string): Buffer {
  if (encoding === "json") return Buffer.from(`"here":${spelling}`);
  const key = { msgpack: "a4", etf: "6d 00000004" }[encoding];
  return Buffer.from(`${key} ${Buffer.from("here").toString("hex")} ${spelling}`.replaceAll(" ", ""), "hex");
}
