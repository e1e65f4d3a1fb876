import { msgpackCodec as wire } from "@singyeong/protocol/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float, integer } from "../metadata/number.ts";
import { version } from "../metadata/version.ts";
import { msgpackCodec } from "./msgpack-codec.ts";

const roundTrip = (value: unknown): unknown => {
  const data = msgpackCodec.encode({ op: 4, d: { payload: value } });
  return (msgpackCodec.decode(data)!.d as { payload: unknown }).payload;
};

describe("MessagePack", () => {
  it("brings back what went out: text, digits, fractions, bytes, lists and maps", () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, false),
        fc.string({ unit: "binary" }),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n) || Object.is(n, -0)),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((n) => !Number.isSafeInteger(Number(n))),
        fc.uint8Array(),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(roundTrip(value)).toEqual(value);
      }),
    );
  });

  it.each<[string, unknown, unknown]>([
    ["a float that is whole", [float(50), float(1e300)], [50, 1e300]],
    ["a number that nobody takes for digits", 1e300, 1e300],
    ["a small bigint", 5n, 5],
    ["an integer beyond 64 bits, as its text", 2n ** 64n, "18446744073709551616"],
    ["a typed value", [version("2.1.0"), integer(5n)], ["2.1.0", 5]],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a gap", [1, undefined, { a: undefined }], [1, null, {}]],
    ["a Buffer", Buffer.from("hi"), new Uint8Array([104, 105])],
    ["a key that prototypes have", { constructor: 1 }, { constructor: 1 }],
  ])("has %s", (_, value, result) => {
    expect(roundTrip(value)).toEqual(result);
  });

  it("is read by a server as it was meant", () => {
    const frame = { op: 4, t: "SEND", d: { target: { application: "api" }, nonce: "n", payload: [1, "two", 3n] } };
    expect(wire.decode(msgpackCodec.encode(frame) as Uint8Array)).toEqual({
      ...frame,
      d: { ...frame.d, payload: [1, "two", 3] },
    });
  });

  it("gives bytes that are the receiver's to keep", () => {
    const first = msgpackCodec.encode({ op: 1 }) as Uint8Array;
    const copy = first.slice();
    msgpackCodec.encode({ op: 2, d: "x".repeat(100) });
    expect(first).toEqual(copy);
  });

  it("refuses what cannot be sent", () => {
    for (const value of [() => {}, 2 ** 60, Number.NaN, new Map(), Symbol("x")]) {
      expect(() => msgpackCodec.encode({ d: value })).toThrow(
        expect.objectContaining({ code: "client/invalid-value", details: { at: "/d" } }),
      );
    }
  });
});

describe("what is no frame in MessagePack is null", () => {
  it.each<[string, string | Uint8Array]>([
    ["text", '{"op":0}'],
    ["nothing", new Uint8Array(0)],
    ["a list", new Uint8Array([0x90])],
    ["a number", new Uint8Array([1])],
    ["half a map", new Uint8Array([0x82, 0xa2, 0x6f, 0x70, 1])],
    ["bytes behind a map", new Uint8Array([0x80, 0x80])],
    ["a byte that means nothing", new Uint8Array([0x81, 0xa1, 0x64, 0xc1])],
  ])("%s", (_, data) => expect(msgpackCodec.decode(data)).toBeNull());

  it("and so is whatever bytes come, or it is a map; nothing throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        const frame = msgpackCodec.decode(data);
        if (frame !== null) expect(Array.isArray(frame) || typeof frame !== "object").toBe(false);
      }),
    );
  });
});
