import { isDeepStrictEqual } from "node:util";
import * as reference from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Value, Whole } from "../../value.ts";
import { describeRobustness, readFault, readOk, sampleValues } from "../robustness.kit.ts";
import { bigBeyondSafe, binary, fraction, safeInteger, text, values, whole } from "../values.kit.ts";
import { msgpackCodec as codec } from "./index.ts";

const plain = [fc.constant(null), fc.boolean(), text, safeInteger, fraction, binary];
const int64 = bigBeyondSafe(-(2n ** 63n), 2n ** 64n - 1n);
const decode = (bytes: number[]): Value => codec.decode(new Uint8Array(bytes));
const decodeExact = (bytes: number[]): Value => codec.decodeExact(new Uint8Array(bytes));
const hex = (raw: unknown): string => Buffer.from(raw as Uint8Array).toString("hex");
const ascii = (name: string): number[] => [0xa0 | name.length, ...Buffer.from(name)];

/** A value as the reference library would give it with `useBigInt64`, and back. */
function toReference(value: Value): unknown {
  if (value instanceof Whole) return value.float;
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) > 2 ** 31) return BigInt(value);
  if (Array.isArray(value)) return value.map(toReference);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toReference(inner)]));
}

function fromReference(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(fromReference);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromReference(inner)]));
}

describe("values", () => {
  test("every value survives encoding", () => {
    const leaves = [...plain, int64, whole, fc.constantFrom(Number.NaN, Infinity, -Infinity)];
    fc.assert(
      fc.property(values({ leaves }), (value) => {
        expect(isDeepStrictEqual(codec.decodeExact(codec.encode(value)), value)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("what we write, @msgpack/msgpack reads", () => {
    const key = text.filter((name) => name !== "__proto__");
    fc.assert(
      fc.property(values({ key, leaves: [...plain, int64] }), (value) => {
        const read = reference.decode(codec.encode(value) as Uint8Array, { useBigInt64: true });
        expect(fromReference(read)).toEqual(fromReference(value));
      }),
    );
  });

  test("what @msgpack/msgpack writes, we read", () => {
    fc.assert(
      fc.property(values({ leaves: [...plain, int64] }), (value) => {
        const written = reference.encode(toReference(value), { useBigInt64: true, maxDepth: 1000 });
        expect(codec.decode(written)).toEqual(value);
      }),
    );
  });

  test("integers take their smallest form", () => {
    const forms: [Value, string][] = [
      [127, "7f"],
      [128, "cc80"],
      [256, "cd0100"],
      [65_536, "ce00010000"],
      [2 ** 32, "cf0000000100000000"],
      [-32, "e0"],
      [-33, "d0df"],
      [-129, "d1ff7f"],
      [-32_769, "d2ffff7fff"],
      [-(2 ** 31) - 1, "d3ffffffff7fffffff"],
      [5n, "05"],
      [2n ** 64n - 1n, "cfffffffffffffffff"],
      [-(2n ** 63n), "d38000000000000000"],
    ];
    for (const [value, bytes] of forms) expect(hex(codec.encode(value))).toBe(bytes);
  });

  test("integers beyond 2^53 keep every digit, and beyond 64 bits are decimal text", () => {
    for (const big of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n - 1n, -(2n ** 53n), -(2n ** 63n)]) {
      expect(codec.decode(codec.encode(big))).toBe(big);
    }
    expect(codec.decode(codec.encode(2n ** 64n))).toBe("18446744073709551616");
    expect(codec.decode(codec.encode(-(2n ** 63n) - 1n))).toBe("-9223372036854775809");
    expect(codec.decode(codec.encode(10n ** 40n))).toBe(`1${"0".repeat(40)}`);
  });

  test("floats without fraction stay floats where they are asked for exactly", () => {
    expect(hex(codec.encode(new Whole(50)))).toBe("cb4049000000000000");
    expect(codec.decodeExact(codec.encode(new Whole(50)))).toEqual(new Whole(50));
    expect(codec.decode(codec.encode(new Whole(50)))).toBe(50);
    expect(decodeExact([0xca, 0x42, 0x48, 0, 0])).toEqual(new Whole(50));
    expect(codec.decodeExact(codec.encode(1e300))).toEqual(new Whole(1e300));
    expect(codec.decode(codec.encode(-0))).toBe(-0);
  });

  test("a str that is no UTF-8 is binary, and ext values are their data", () => {
    expect(decode([0xa2, 0xc3, 0x28])).toEqual(new Uint8Array([0xc3, 0x28]));
    expect(decode([0xd6, 0xff, 1, 2, 3, 4])).toEqual(new Uint8Array([1, 2, 3, 4]));
    expect(decode([0xc7, 3, 5, 1, 2, 3])).toEqual(new Uint8Array([1, 2, 3]));
    expect(decode([0xd9, 2, 0xc3, 0xa9])).toBe("é");
    expect(decode([0x82, ...ascii("a"), 1, ...ascii("a"), 2])).toEqual({ a: 2 });
  });

  test("a lone surrogate is written as the replacement character", () => {
    expect(codec.decode(codec.encode(["\ud800", "a\udc00b", "\ud83d\ude00"]))).toEqual([
      "\ufffd",
      "a\ufffdb",
      "\u{1f600}",
    ]);
  });
});

describe("frames", () => {
  const body = { target: { application: "a", ops: [] }, nonce: "n", payload: [1, 2.5, null, "x"], é: 1 };
  const send = codec.encodeFrame(4, body, 17, "SEND") as Uint8Array;

  test("a frame gives its parts", () => {
    const frame = readOk(codec, send);
    expect([frame.op, frame.t, frame.hasFields]).toEqual([4, "SEND", true]);
    expect(codec.decode(frame.field("payload")!)).toEqual([1, 2.5, null, "x"]);
    expect(codec.decode(frame.field("é")!)).toBe(1);
    expect([frame.field("headers"), frame.field("ü"), frame.field("")]).toEqual([undefined, undefined, undefined]);
    expect(reference.decode(frame.d as Uint8Array)).toEqual(body);
  });

  test("keys come in any order, unknown ones are ignored, and of repeated ones the last counts", () => {
    const bytes = [0x87, ...ascii("t"), ...ascii("A"), ...ascii("seq"), 0x91, 1, ...ascii("d"), 0x81, ...ascii("x"), 1];
    bytes.push(...ascii("op"), 9, ...ascii("d"), 0x82, ...ascii("y"), 1, ...ascii("y"), 2);
    bytes.push(...ascii("op"), 0xcc, 4, ...ascii("t"), 0xd9, 1, 0x42);
    const frame = readOk(codec, new Uint8Array(bytes));
    expect([frame.op, frame.t, frame.field("x")]).toEqual([4, "B", undefined]);
    expect(codec.decode(frame.field("y")!)).toBe(2);
  });

  test("a nonce beside t is found, apart from one in d, and of repeated ones the last", () => {
    const nonce = ascii("nonce");
    const inner = [...ascii("d"), 0x81, ...nonce, 9];
    const twice = readOk(
      codec,
      new Uint8Array([0x84, ...nonce, 1, ...inner, ...nonce, 0x92, 2, 3, ...ascii("nonc"), 4]),
    );
    expect([codec.decode(twice.nonce!), codec.decode(twice.field("nonce")!)]).toEqual([[2, 3], 9]);
    expect(readOk(codec, new Uint8Array([0x82, ...inner, ...ascii("other"), 5])).nonce).toBeUndefined();
  });

  test("what is absent or of another kind reads as null", () => {
    const empty = readOk(codec, new Uint8Array([0x80]));
    expect([empty.op, empty.t, empty.d, empty.hasFields]).toEqual([null, null, undefined, false]);
    const odd = [
      0x83,
      ...ascii("op"),
      ...[0xcb, 0x40, 0x10, 0, 0, 0, 0, 0, 0],
      ...ascii("t"),
      5,
      ...ascii("d"),
      0x91,
      1,
    ];
    const frame = readOk(codec, new Uint8Array(odd));
    expect([frame.op, frame.t, frame.hasFields]).toEqual([null, null, false]);
    expect(codec.decode(frame.d!)).toEqual([1]);
    expect(readOk(codec, new Uint8Array([0x81, ...ascii("op"), 0xff])).op).toBe(-1);
  });

  test("the server's own frames hold all four keys", () => {
    const hello = codec.encodeFrame(0, { heartbeat_interval: 45_000 }, 1_789_000_000_000, null) as Uint8Array;
    const expected = { op: 0, d: { heartbeat_interval: 45_000 }, ts: 1_789_000_000_000, t: null };
    expect(reference.decode(hello)).toEqual(expected);
  });

  test("a dispatch carries a raw d as it is", () => {
    const d = codec.embed({ queue: "q", id: "i".repeat(40) }, "nonce", new Uint8Array([0xcd, 0, 7]));
    const dispatch = codec.encodeDispatch("É".repeat(40), d, 1_789_000_000_000) as Uint8Array;
    const expected = { op: 4, t: "É".repeat(40), ts: 1_789_000_000_000 };
    expect(reference.decode(dispatch)).toEqual({ ...expected, d: { queue: "q", id: "i".repeat(40), nonce: 7 } });
    expect(hex(dispatch)).toContain(`${hex(ascii("nonce"))}cd0007`);
    expect(dispatch.length).toBe(dispatch.buffer.byteLength);
  });

  test("a delivery carries raw parts as they are", () => {
    const nonce = codec.encode("n");
    const payload = codec.encode({ a: [1, "x".repeat(100)] });
    const delivery = codec.encodeDelivery("SEND", { nonce, payload }, 1_789_000_000_000) as Uint8Array;
    const d = { nonce: "n", payload: { a: [1, "x".repeat(100)] }, target: null };
    expect(reference.decode(delivery)).toEqual({ op: 4, t: "SEND", ts: 1_789_000_000_000, d });
    expect(delivery.length).toBe(delivery.buffer.byteLength);
    const headers = codec.encode({ h: "v" });
    const second = codec.encodeDelivery("É".repeat(40), { nonce: undefined, payload, headers }, 0) as Uint8Array;
    const withHeaders = { ...d, nonce: null, headers: { h: "v" } };
    expect(reference.decode(second)).toEqual({ op: 4, t: "É".repeat(40), ts: 0, d: withHeaders });
    expect(second.length).toBe(second.buffer.byteLength);
  });
});

describe("faults", () => {
  const faults: [string, number[], string, number][] = [
    ["an empty frame", [], "malformed", 0],
    ["a list", [0x91, 1], "not-a-map", 0],
    ["a number", [5], "not-a-map", 0],
    ["a byte that starts nothing", [0x81, ...ascii("x"), 0xc1], "malformed", 3],
    ["an integer as a key", [0x81, 1, 1], "malformed", 1],
    ["binary as a key", [0x81, ...ascii("d"), 0x81, 0xc4, 1, 0x61, 1], "malformed", 4],
    ["a key deep inside that is no text", [0x81, ...ascii("x"), 0x91, 0x81, 0xc0, 1], "malformed", 5],
    ["a key that is no UTF-8", [0x81, 0xa2, 0xc0, 0x80, 1], "malformed", 2],
  ];
  test.for(faults)("%s", ([, bytes, fault, at]) => {
    expect(readFault(codec, new Uint8Array(bytes))).toMatchObject({ fault, at });
  });

  test("messages say what was expected", () => {
    expect(readFault(codec, new Uint8Array([0x81, 1, 1])).message).toBe("a map's key is no text");
    expect(readFault(codec, new Uint8Array([5])).message).toBe("expected a map");
  });
});

const D = [0x81, ...ascii("d")];
const kinds = [
  [0xd4, 1, 2],
  [0xd8, 1, ...new Array(16).fill(7)],
  [0xc8, 0, 1, 9, 9],
  [0xc9, 0, 0, 0, 1, 9, 9],
];
const wide = [
  [0xdd, 0, 0, 0, 1, 5],
  [0xdf, 0, 0, 0, 1, 0xda, 0, 1, 97, 1],
  [0xdb, 0, 0, 0, 1, 98],
  [0xc6, 0, 0, 0, 1, 9],
];
describeRobustness({
  codec,
  frames: [
    ...Object.entries(sampleValues).map(([t, value]) => codec.encodeFrame(4, { payload: value }, 7, t) as Uint8Array),
    ...[...kinds, ...wide].map((kind) => new Uint8Array([...D, 0x81, ...ascii("a"), ...kind])),
  ],
  prefix: [...D, 0x82, ...ascii("a")],
  heads: [
    0x80, 0x81, 0x90, 0x91, 0x92, 0xa0, 0xa1, 0xc0, 0xc4, 0xca, 0xcb, 0xcc, 0xcf, 0xd3, 0xd4, 0xd9, 0xdc, 0xde, 0x61, 1,
  ],
  nested: (levels, kind) => {
    const open = kind === "list" ? [0x91] : [0x81, ...ascii("d")];
    return new Uint8Array([...D, ...new Array(levels - 2).fill(open).flat(), kind === "list" ? 0x90 : 0x80]);
  },
  lies: {
    "map32 as the frame": [0xdf, 0xff, 0xff, 0xff, 0xff],
    "map32 as d": [...D, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61, 1],
    "array32 inside": [...D, 0x81, ...ascii("x"), 0xdd, 0xff, 0xff, 0xff, 0xff, 1, 2],
    "map16 inside a list": [...D, 0x91, 0xde, 0xff, 0xff, 0xa1, 0x61, 1],
    str32: [...D, 0xdb, 0xff, 0xff, 0xff, 0xff, 0x61],
    bin32: [...D, 0xc6, 0x7f, 0xff, 0xff, 0xff, 0x61],
    ext32: [...D, 0xc9, 0xff, 0xff, 0xff, 0xff, 1, 2],
    "a key of str32": [0x81, 0xdb, 0xff, 0xff, 0xff, 0xff, 0x61],
  },
});

test("a mebibyte of list heads is refused at the limit", () => {
  const bomb = new Uint8Array(1 << 20).fill(0x91);
  bomb.set(D);
  expect(readFault(codec, bomb)).toMatchObject({ fault: "too-deep", at: D.length + 127 });
});
