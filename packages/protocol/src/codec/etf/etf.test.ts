import { isDeepStrictEqual } from "node:util";
// @ts-expect-error: the library has no types
import erlang from "erlang_js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Value, Whole } from "../../value.ts";
import { describeRobustness, limits, readFault, readOk, sampleValues } from "../robustness.kit.ts";
import { bigBeyondSafe, binary, fraction, safeInteger, text, values, whole } from "../values.kit.ts";
import { etfCodec as codec } from "./index.ts";

const HELLO = "g3QAAAAEZAABZHQAAAABbQAAABJoZWFydGJlYXRfaW50ZXJ2YWxiAACvyGQAAm9wYQBkAAF0ZAADbmlsZAACdHNuBgAW99P7oQE=";

const Erlang = erlang.Erlang;
Erlang.set_undefined("nil");

const hex = (raw: unknown): string => Buffer.from(raw as Uint8Array).toString("hex");
const latin = (s: string): number[] => [...Buffer.from(s, "latin1")];
const atom = (name: string): number[] => [100, 0, name.length, ...latin(name)];
const bin = (s: string | number[]): number[] => {
  const bytes = typeof s === "string" ? [...Buffer.from(s)] : s;
  return [109, 0, 0, bytes.length >> 8, bytes.length & 0xff, ...bytes];
};
const map = (...entries: number[][]): number[] => [116, 0, 0, 0, entries.length / 2, ...entries.flat()];
const frameOf = (...entries: number[][]): Uint8Array => new Uint8Array([131, ...map(...entries)]);
const decode = (bytes: number[]): Value => codec.decode(new Uint8Array(bytes));
const decodeExact = (bytes: number[]): Value => codec.decodeExact(new Uint8Array(bytes));
const oldFloat = (s: string): number[] => [99, ...latin(s.padEnd(31, "\0"))];

interface Wrapped {
  readonly value: unknown;
}

function toErlang(value: Value): unknown {
  if (typeof value === "string") return new Erlang.OtpErlangBinary(Buffer.from(value));
  if (value instanceof Uint8Array) return new Erlang.OtpErlangBinary(Buffer.from(value));
  if (Array.isArray(value)) return new Erlang.OtpErlangList(value.map(toErlang));
  if (value === null || typeof value !== "object") return value;
  return new Erlang.OtpErlangMap(
    new Map(Object.entries(value).map(([key, inner]) => [toErlang(key), toErlang(inner)])),
  );
}

/** A term of erlang_js as a value; binaries are text where they can be. */
function fromErlang(term: unknown): unknown {
  if (term instanceof Erlang.OtpErlangBinary)
    return codec.decode(new Uint8Array(bin([...((term as Wrapped).value as Uint8Array)])));
  if (term instanceof Erlang.OtpErlangList) return ((term as Wrapped).value as unknown[]).map(fromErlang);
  if (!(term instanceof Erlang.OtpErlangMap)) return term;
  const entries: { [key: string]: unknown } = Object.create(null);
  for (const [key, inner] of (term as Wrapped).value as Map<unknown, unknown>) {
    entries[fromErlang(key) as string] = fromErlang(inner);
  }
  return entries;
}

function erlangReads(frame: Uint8Array): unknown {
  let read: unknown;
  Erlang.binary_to_term(Buffer.from(frame), (error: unknown, term: unknown) => {
    if (error) throw error;
    read = term;
  });
  return read;
}

function erlangWrites(term: unknown): Uint8Array {
  let written = new Uint8Array();
  Erlang.term_to_binary(term, (error: unknown, bytes: Uint8Array<ArrayBuffer>) => {
    if (error) throw error;
    written = bytes;
  });
  return written;
}

describe("values", () => {
  const plain = [fc.constant(null), fc.boolean(), text, fraction, binary];

  test("every value survives encoding", () => {
    const leaves = [
      ...plain,
      safeInteger,
      bigBeyondSafe(-(2n ** 2500n), 2n ** 2500n),
      bigBeyondSafe(-(2n ** 70n), 2n ** 70n),
      whole,
    ];
    fc.assert(
      fc.property(values({ leaves }), (value) => {
        expect(isDeepStrictEqual(codec.decodeExact(codec.encode(value)), value)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("what we write, erlang_js reads", () => {
    fc.assert(
      fc.property(values({ leaves: [...plain, safeInteger] }), (value) => {
        const written = new Uint8Array([131, ...(codec.encode(value) as Uint8Array)]);
        expect(fromErlang(erlangReads(written))).toEqual(value);
      }),
    );
  });

  test("what erlang_js writes, we read", () => {
    fc.assert(
      fc.property(values({ leaves: [...plain, fc.integer()] }), (value) => {
        expect(codec.decode(erlangWrites(toErlang(value)).subarray(1))).toEqual(value);
      }),
    );
  });

  test("integers take their smallest term and keep every digit", () => {
    const forms: [Value, string][] = [
      [255, "61ff"],
      [256, "6200000100"],
      [-1, "62ffffffff"],
      [-(2 ** 31), "6280000000"],
      [2 ** 31, "6e040000000080"],
      [-(2 ** 31) - 1, "6e040101000080"],
      [2 ** 32, "6e05000000000001"],
      [2n ** 64n - 1n, "6e0800ffffffffffffffff"],
      [2n ** 64n, "6e0900000000000000000001"],
      [5n, "6105"],
    ];
    for (const [value, bytes] of forms) expect(hex(codec.encode(value))).toBe(bytes);
    for (const big of [
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      2n ** 64n - 1n,
      -(2n ** 53n),
      -(2n ** 63n),
      10n ** 40n,
    ]) {
      expect(codec.decode(codec.encode(big))).toBe(big);
    }
    expect(codec.decode(codec.encode(Number.MIN_SAFE_INTEGER))).toBe(Number.MIN_SAFE_INTEGER);
    expect(codec.decode(codec.encode(-(2n ** 2400n)))).toBe(-(2n ** 2400n));
  });

  test("integers in longer terms than needed are the same integers", () => {
    expect([decode([110, 0, 0]), decode([110, 0, 1])]).toEqual([0, 0]);
    expect(decode([110, 8, 1, 5, 0, 0, 0, 0, 0, 0, 0])).toBe(-5);
    expect(decode([111, 0, 0, 0, 1, 0, 7])).toBe(7);
  });

  test("floats without fraction stay floats where they are asked for exactly", () => {
    expect(hex(codec.encode(new Whole(50)))).toBe("464049000000000000");
    expect(codec.decodeExact(codec.encode(new Whole(50)))).toEqual(new Whole(50));
    expect(codec.decode(codec.encode(new Whole(50)))).toBe(50);
    expect(codec.decodeExact(codec.encode(1e300))).toEqual(new Whole(1e300));
    expect(codec.decode(codec.encode(-0))).toBe(-0);
    expect(decode(oldFloat("1.50000000000000000000e+00"))).toBe(1.5);
    expect(decodeExact(oldFloat("-5.00000000000000000000e+01"))).toEqual(new Whole(-50));
  });

  test("what Erlang's floats are not is nil", () => {
    const odd = [Number.NaN, Infinity, -Infinity, new Whole(Infinity)];
    expect(codec.decode(codec.encode(odd))).toEqual([null, null, null, null]);
  });

  test("null and the booleans are atoms, texts binaries", () => {
    expect(hex(codec.encode(null))).toBe(Buffer.from(atom("nil")).toString("hex"));
    expect(hex(codec.encode([true, "é"]))).toBe(`6c0000000264000474727565${"6d00000002c3a9"}6a`);
  });

  test("atoms are null, booleans or text", () => {
    const names = ["nil", "null", "true", "false", "undefined", "ok", ""];
    expect(names.map((name) => decode(atom(name)))).toEqual([null, null, true, false, "undefined", "ok", ""]);
    expect(decode([100, 0, 1, 0xe9])).toBe("é");
    expect(decode([115, 1, 0xe9])).toBe("é");
    expect(decode([118, 0, 2, 0xc3, 0xa9])).toBe("é");
    expect(decode([119, 3, ...latin("nil")])).toBe(null);
  });

  test("tuples, lists of bytes and lists are lists", () => {
    expect(decode([104, 2, 97, 1, 104, 0])).toEqual([1, []]);
    expect(decode([105, 0, 0, 0, 1, 97, 1])).toEqual([1]);
    expect(decode([107, 0, 2, 1, 255])).toEqual([1, 255]);
    expect(decode([108, 0, 0, 0, 1, 106, 106])).toEqual([[]]);
  });

  test("a binary that is no UTF-8 is binary, byte for byte", () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xe2, 0x82]]) {
      expect(decode(bin(bytes))).toEqual(new Uint8Array(bytes));
      expect(hex(codec.encode(decode(bin(bytes))))).toBe(hex(bin(bytes)));
    }
  });

  test("of an atom and a binary that spell one key the last counts", () => {
    expect(decode(map(atom("a"), [97, 1], bin("a"), [97, 2]))).toEqual({ a: 2 });
  });
});

describe("frames", () => {
  test("hello is what the original server sent, byte for byte", () => {
    const captured = Buffer.from(HELLO, "base64");
    const frame = readOk(codec, captured);
    expect([frame.op, frame.t, frame.hasFields]).toEqual([0, null, true]);
    expect(codec.decode(frame.field("heartbeat_interval")!)).toBe(45_000);
    const ts = codec.decode(captured.subarray(captured.length - 9)) as number;
    expect(Buffer.from(codec.encodeFrame(0, { heartbeat_interval: 45_000 }, ts, null) as Uint8Array)).toEqual(captured);
  });

  test("keys may be atoms or binaries, in any order, and of repeated ones the last counts", () => {
    const d = map([119, 1, 0x61], [97, 1], bin("nonce"), bin("n"), [115, 1, 0xe9], [97, 3]);
    const frame = readOk(
      codec,
      frameOf(bin("x"), [106], bin("t"), atom("SEND"), bin("op"), [110, 1, 0, 4], atom("d"), d),
    );
    expect([frame.op, frame.t]).toEqual([4, "SEND"]);
    expect(codec.decode(frame.field("a")!)).toBe(1);
    expect(codec.decode(frame.field("nonce")!)).toBe("n");
    expect(codec.decode(frame.field("é")!)).toBe(3);
    const twice = frameOf(atom("d"), d, atom("op"), [97, 1], bin("d"), [106], bin("op"), oldFloat("4.0"));
    expect([readOk(codec, twice).op, readOk(codec, twice).hasFields, readOk(codec, twice).field("a")]).toEqual([
      null,
      false,
      undefined,
    ]);
  });

  test("an event's name is text or nothing", () => {
    const name = (t: number[]): string | null => readOk(codec, frameOf(atom("t"), t)).t;
    expect([atom("nil"), atom("true"), [97, 1], bin([0xff]), bin("é"), bin("SEND")].map(name)).toEqual([
      null,
      null,
      null,
      null,
      "é",
      "SEND",
    ]);
  });

  test("a payload's atom keys reach receivers as binaries, and other payloads as the bytes they came in", () => {
    const tuple = [104, 2, 97, 1, ...atom("ok")];
    const odd = map(bin("k"), [104, 1, ...map(atom("a"), [70, 0x40, 0x49, 0, 0, 0, 0, 0, 0])]);
    const frame = readOk(codec, frameOf(atom("d"), map(atom("payload"), tuple, atom("headers"), odd)));
    expect(hex(frame.field("payload"))).toBe(hex(tuple));
    const rewritten = map(bin("k"), [108, 0, 0, 0, 1, ...map(bin("a"), [70, 0x40, 0x49, 0, 0, 0, 0, 0, 0]), 106]);
    expect(hex(frame.field("headers"))).toBe(hex(rewritten));
  });

  test("a delivery has atoms for its keys and raw parts as they are", () => {
    const payload = codec.encode({ a: 1 }) as Uint8Array;
    const delivery = codec.encodeDelivery("SEND", { nonce: undefined, payload }, 5) as Uint8Array;
    const d = map(atom("nonce"), atom("nil"), atom("payload"), [...payload], atom("target"), atom("nil"));
    const expected = frameOf(atom("d"), d, atom("op"), [97, 4], atom("t"), bin("SEND"), atom("ts"), [97, 5]);
    expect(hex(delivery)).toBe(hex(expected));
    expect(delivery.length).toBe(delivery.buffer.byteLength);
    const headers = codec.encode({ h: "v" });
    const nonce = codec.encode("n");
    const second = codec.encodeDelivery("É", { nonce, payload, headers }, 1_789_000_000_000) as Uint8Array;
    expect(second.length).toBe(second.buffer.byteLength);
    const frame = readOk(codec, second);
    expect(frame.t).toBe("É");
    expect(codec.decode(frame.d!)).toEqual({ nonce: "n", payload: { a: 1 }, target: null, headers: { h: "v" } });
  });
});

describe("faults", () => {
  const x = atom("x");
  const faults: [string, number[] | Uint8Array, string, number][] = [
    ["an empty frame", [], "malformed", 0],
    ["another version", [130, 116, 0, 0, 0, 0], "malformed", 0],
    ["the version alone", [131], "malformed", 1],
    ["a list", [131, 106], "not-a-map", 1],
    ["a compressed term", [131, 80, 0, 0, 0, 9, 1, 2, 3], "unsupported-term", 1],
    ["a compressed term inside", frameOf(x, [80, 0, 0, 0, 9]), "unsupported-term", 10],
    ["a pid", frameOf(x, [103, ...atom("n"), ...new Array(9).fill(0)]), "unsupported-term", 10],
    ["a new pid", frameOf(x, [88, ...atom("n"), ...new Array(12).fill(0)]), "unsupported-term", 10],
    ["a reference", frameOf(x, [114, 0, 1, ...atom("n"), 0, 0, 0, 0, 0]), "unsupported-term", 10],
    ["a port", frameOf(x, [102, ...atom("n"), 0, 0, 0, 0, 0]), "unsupported-term", 10],
    ["a fun", frameOf(x, [112, 0, 0, 0, 4]), "unsupported-term", 10],
    ["an export", frameOf(x, [113, ...atom("m"), ...atom("f"), 97, 1]), "unsupported-term", 10],
    ["a bitstring", frameOf(x, [77, 0, 0, 0, 1, 3, 128]), "unsupported-term", 10],
    ["a pid as a key", frameOf([103, ...atom("n"), ...new Array(9).fill(0)], [97, 1]), "unsupported-term", 6],
    ["an integer of 1,025 bytes", frameOf(x, [111, 0, 0, 4, 1, 0, ...new Array(1025).fill(1)]), "unsupported-term", 10],
    ["an integer with an odd sign", frameOf(x, [110, 1, 2, 1]), "malformed", 12],
    ["an unknown tag", frameOf(x, [7]), "malformed", 10],
    ["a version byte inside", frameOf(x, [131, 106]), "malformed", 10],
    ["an improper list", frameOf(x, [108, 0, 0, 0, 1, 97, 1, 97, 2]), "malformed", 17],
    ["an integer as a key", frameOf([97, 1], [97, 1]), "malformed", 6],
    ["a list of bytes as a key", frameOf([107, 0, 1, 97], [97, 1]), "malformed", 6],
    ["a key that is no UTF-8", frameOf(x, map(bin([0xff]), [97, 1])), "malformed", 20],
    ["an atom that is no UTF-8", frameOf(x, [119, 1, 0xff]), "malformed", 12],
    ["an atom of 256 characters", frameOf(x, [100, 1, 0, ...new Array(256).fill(97)]), "malformed", 10],
    ["a float that is NaN", frameOf(x, [70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]), "malformed", 10],
    ["an old float that is no number", frameOf(x, oldFloat("0x10")), "malformed", 10],
    ["an old float beyond all floats", frameOf(x, oldFloat("1.0e999")), "malformed", 10],
  ];
  test.for(faults)("%s", ([, bytes, fault, at]) => {
    expect(readFault(codec, new Uint8Array(bytes))).toMatchObject({ fault, at });
  });

  test("255 characters are an atom, however many bytes they take", () => {
    readOk(codec, frameOf(atom("x"), [118, 1, 254, ...new Array(255).fill([0xc3, 0xa9]).flat()]));
    readOk(codec, frameOf(atom("x"), [111, 0, 0, 4, 0, 0, ...new Array(1024).fill(1)]));
  });

  test("messages say what was expected", () => {
    expect(readFault(codec, frameOf(atom("x"), [7])).message).toBe("7 starts no term");
    expect(readFault(codec, frameOf(atom("x"), [77])).message).toBe("BIT_BINARY_EXT (77) is no value");
  });
});

const odd = [
  [104, 2, 97, 1, ...atom("ok")],
  [105, 0, 0, 0, 1, 97, 1],
  [107, 0, 2, 1, 255],
  [115, 1, 0xe9],
  [118, 0, 2, 0xc3, 0xa9],
  [119, 2, 0xc3, 0xa9],
  oldFloat("1.50000000000000000000e+00"),
  [111, 0, 0, 0, 9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  map(atom("a"), map(atom("b"), [104, 0]), bin("a"), bin([0xff])),
];
describeRobustness({
  codec,
  frames: [
    Buffer.from(HELLO, "base64"),
    ...Object.entries(sampleValues).map(([t, value]) => codec.encodeFrame(4, { payload: value }, 7, t) as Uint8Array),
    ...odd.map((term) => frameOf(atom("d"), map(atom("a"), term))),
  ],
  prefix: [131, 116, 0, 0, 0, 1, ...atom("d"), 116, 0, 0, 0, 1, ...atom("a")],
  heads: [0, 0, 1, 2, 70, 97, 98, 99, 100, 104, 105, 106, 107, 108, 109, 110, 111, 115, 116, 118, 119],
  nested: (levels, kind) => {
    const inner = levels - 2;
    const open = kind === "list" ? [108, 0, 0, 0, 1] : [116, 0, 0, 0, 1, ...atom("d")];
    const tails = kind === "list" ? new Array(inner).fill(106) : [];
    const middle = kind === "list" ? [106] : [116, 0, 0, 0, 0];
    return frameOf(atom("d"), [...new Array(inner).fill(open).flat(), ...middle, ...tails]);
  },
  lies: {
    "a map as the frame": [131, 116, 0xff, 0xff, 0xff, 0xff],
    "a map as d": [131, ...map(atom("d"), [116, 0xff, 0xff, 0xff, 0xff, 97, 1])],
    "a list inside": [131, ...map(atom("d"), [108, 0xff, 0xff, 0xff, 0xff, 97, 1, 106])],
    "a tuple": [131, ...map(atom("d"), [105, 0xff, 0xff, 0xff, 0xff, 97, 1])],
    "a binary": [131, ...map(atom("d"), [109, 0xff, 0xff, 0xff, 0xff, 97, 1])],
    "a list of bytes": [131, ...map(atom("d"), [107, 0xff, 0xff, 97, 1])],
    "an atom": [131, ...map(atom("d"), [118, 0xff, 0xff, 97, 1])],
    "an integer": [131, ...map(atom("d"), [110, 0xff, 0, 97, 1])],
    "a key": [131, 116, 0, 0, 0, 1, 109, 0xff, 0xff, 0xff, 0xff, 97, 1],
  },
});

test("a mebibyte of list heads is refused at the limit", () => {
  const bomb = new Uint8Array(1 << 20);
  for (let at = 0; at + 5 < bomb.length; at += 5) bomb.set([108, 0, 0, 0, 1], at);
  bomb.set([131, 116, 0, 0, 0, 1, ...atom("d")]);
  expect(codec.readFrame(bomb, limits)).toHaveProperty("fault");
});
