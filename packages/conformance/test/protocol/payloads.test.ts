import { describe, expect, test } from "vitest";
import { etfWithAtomKeys } from "../../src/codecs/etf.ts";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, type IdentifiedClient, identifiedClient } from "../../src/identified.ts";
import { gap, hasPayload, splice } from "../../src/splice.ts";

const hex = (text: string): string => Buffer.from(text).toString("hex");

/** Forms that no encoder of ours would write: only bytes that are passed on untouched arrive like this. */
const oddities = {
  json: [
    '{ "a" :\t1.50e0 , "a": "\\u0041" , "__proto__": {"x": -0} }',
    "[ 1E400 , 0.1000 ]",
    '"\\/\\ud800"',
    "null",
    '{"target":null,"nonce":"inner"}',
  ],
  msgpack: [
    // A wide integer, a long form of short text, a map16 with one key twice, ext and bin.
    "93 ce00000001 da0001 61 cd0001",
    "de0002 a161 01 a161 02",
    "92 c403000102 c40180",
    "c0",
    "df00000001 db00000001 61 dd00000001 ca40490fdb",
  ],
  etf: [
    // A wide integer, bytes as a list of characters, an old float, a tuple, a big integer that is small.
    "62 00000001",
    "6b 0003 010203",
    `63 ${Buffer.from("2.50000000000000000000e+00".padEnd(31, "\0")).toString("hex")}`,
    "68 02 61 01 61 02",
    "6e 01 00 07",
    `74 00000001 6d 00000001 61 6d 00000002 ff80`,
    "6a",
  ],
} as const;

eachListener("payloads", [], (server) => {
  async function deliver(sender: IdentifiedClient, receiver: IdentifiedClient, spelling: string) {
    const frame = { op: 4, t: "SEND", d: { target: everyoneIn(receiver.application), payload: gap } };
    sender.sendRaw(splice(sender.codec.encoding, frame, spelling));
    return receiver.nextReceived();
  }

  describe.each(encodings)("from %s to itself", (encoding) => {
    test.each(oddities[encoding])("pass byte for byte: %s", async (spelling) => {
      await using sender = await identifiedClient(server(), { encoding });
      await using receiver = await identifiedClient(server(), { encoding });
      const frame = { op: 4, t: "BROADCAST", d: { target: everyoneIn(receiver.application), payload: gap } };
      sender.sendRaw(splice(encoding, frame, spelling));
      const bytes = await new Promise<Buffer>((resolve) => receiver.socket.once("message", resolve));
      expect(hasPayload(encoding, bytes, spelling), bytes.toString("latin1")).toBe(true);
    });
  });

  test.each(encodings)("from %s reach every encoding as the same value", async (encoding) => {
    await using sender = await identifiedClient(server(), { encoding });
    const payload = {
      text: "신경 \u0000 \u{1f9e0}",
      list: [1, -2.5, null, true, false, [], {}],
      map: { "": { "a/b": "c" } },
    };
    for (const received of encodings) {
      await using receiver = await identifiedClient(server(), { encoding: received });
      for (const t of ["SEND", "BROADCAST"]) {
        sender.dispatch(t, { target: everyoneIn(receiver.application), nonce: "n", payload });
        expect(await receiver.next()).toMatchObject({ op: 4, t, d: { nonce: "n", payload, target: null } });
      }
    }
  });

  test.each(encodings)("from %s may have __proto__ and constructor as keys", async (encoding) => {
    await using sender = await identifiedClient(server(), { encoding });
    const payload = JSON.parse('{"constructor":{"prototype":1},"toString":2,"hasOwnProperty":3}');
    for (const received of encodings) {
      await using receiver = await identifiedClient(server(), { encoding: received });
      sender.dispatch("SEND", { target: everyoneIn(receiver.application), payload });
      expect((await receiver.next()).d.payload).toEqual(payload);
    }
    await using receiver = await identifiedClient(server(), { encoding: "json" });
    const key = {
      json: '{"__proto__":5}',
      msgpack: `81 a9 ${hex("__proto__")} 05`,
      etf: `74 00000001 6d 00000009 ${hex("__proto__")} 61 05`,
    };
    const { bytes } = await deliver(sender, receiver, key[encoding]);
    expect(hasPayload("json", bytes, '{"__proto__":5}')).toBe(true);
  });

  test("a binary that is no UTF-8 goes from etf to etf as it is, and to JSON and msgpack as bytes", async () => {
    await using sender = await identifiedClient(server(), { encoding: "etf" });
    const payload = { bytes: new Uint8Array([0xff, 0x00, 0x80]) };
    const expected = { etf: payload, json: { bytes: { $base64: "/wCA" } }, msgpack: payload };
    for (const encoding of encodings) {
      await using receiver = await identifiedClient(server(), { encoding });
      sender.dispatch("SEND", { target: everyoneIn(receiver.application), payload });
      expect((await receiver.next()).d.payload).toEqual(expected[encoding]);
    }
  });

  test("a msgpack bin reaches JSON as $base64 and etf as a binary", async () => {
    await using sender = await identifiedClient(server(), { encoding: "msgpack" });
    const payload = [new Uint8Array([1, 2, 0xff]), new Uint8Array([])];
    await using json = await identifiedClient(server(), { encoding: "json" });
    sender.dispatch("SEND", { target: everyoneIn(json.application), payload });
    expect((await json.next()).d.payload).toEqual([{ $base64: "AQL/" }, { $base64: "" }]);
    await using etf = await identifiedClient(server(), { encoding: "etf" });
    const { bytes } = await deliver(sender, etf, "c403 0102ff");
    expect(hasPayload("etf", bytes, "6d 00000003 0102ff")).toBe(true);
  });

  test("etf with atom keys is understood, and its payload has binary keys when it arrives", async () => {
    await using sender = await identifiedClient(server(), { codec: etfWithAtomKeys });
    await using receiver = await identifiedClient(server(), { encoding: "etf" });
    sender.dispatch("SEND", { target: everyoneIn(receiver.application), nonce: "n", payload: { key: { inner: 1 } } });
    const { bytes, frame } = await receiver.nextReceived();
    expect(frame.d).toEqual({ nonce: "n", payload: { key: { inner: 1 } }, target: null });
    const inner = `74 00000001 6d 00000005 ${hex("inner")} 61 01`;
    expect(hasPayload("etf", bytes, `74 00000001 6d 00000003 ${hex("key")} ${inner}`)).toBe(true);
  });

  test.each(encodings)("from %s to one receiver keep the order they were sent in", async (encoding) => {
    await using sender = await identifiedClient(server(), { encoding });
    await using receiver = await identifiedClient(server());
    const count = 500;
    for (let i = 0; i < count; i++) {
      sender.dispatch(i % 3 === 0 ? "BROADCAST" : "SEND", { target: everyoneIn(receiver.application), payload: i });
    }
    for (let i = 0; i < count; i++) expect((await receiver.next()).d.payload).toBe(i);
    await receiver.settle();
  });

  test.each([
    ["text", "abc"],
    ["a number", 7],
    ["a map", { a: [1] }],
    ["null", null],
    ["a boolean", false],
  ])("a nonce that is %s comes back as it went", async (_name, nonce) => {
    await using client = await identifiedClient(server());
    client.dispatch("SEND", { target: everyoneIn(client.application), nonce, payload: 1 });
    expect((await client.next()).d).toEqual({ nonce, payload: 1, target: null });
    client.dispatch("SEND", { target: everyoneIn("nobody"), nonce, payload: 1 });
    expect((await client.next()).d).toMatchObject({ code: "route/no-match", nonce });
  });
});
