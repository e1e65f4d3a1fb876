import { isDeepStrictEqual } from "node:util";
// @ts-expect-error: the library has no types
import erlang from "erlang_js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Value, Whole } from "../../value.ts";
import { readOk } from "../robustness.kit.ts";
import { bigBeyondSafe, binary, fraction, safeInteger, text, values, whole } from "../values.kit.ts";
import { etfCodec as codec } from "./index.ts";
import { atom, bin, decode, decodeExact, frameOf, HELLO, hex, latin, map, oldFloat } from "./terms.kit.ts";

const Erlang = erlang.Erlang;
Erlang.set_undefined("nil");

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

  test("a nonce beside t is found, apart from one in d, its key an atom or a binary", () => {
    const d = map(atom("nonce"), [97, 9]);
    for (const key of [atom("nonce"), bin("nonce")]) {
      const frame = readOk(codec, frameOf(key, map(atom("a"), atom("ok")), atom("d"), d, bin("nonces"), [97, 1]));
      expect([codec.decode(frame.nonce!), codec.decode(frame.field("nonce")!)]).toEqual([{ a: "ok" }, 9]);
    }
    expect(readOk(codec, frameOf(atom("d"), d)).nonce).toBeUndefined();
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

  test("of a key that a payload's map repeats the last one stays, because Erlang refuses a term for one", () => {
    const sizes = [2, 3, 8, 9, 40];
    for (const size of sizes) {
      const names = Array.from({ length: size }, (_, i) => `k${i}`);
      const entries = names.flatMap((name, i) => [bin(name), [97, i]]);
      const inner = map(bin("same"), [97, 1], ...entries);
      const payload = map(bin("list"), [108, 0, 0, 0, 1, ...inner, 106], bin("same"), [97, 7]);
      const once = readOk(codec, frameOf(atom("d"), map(atom("payload"), payload)));
      expect(hex(once.field("payload"))).toBe(hex(payload));
      const repeated = map(bin("k1"), [97, 99], ...entries);
      const twice = readOk(codec, frameOf(atom("d"), map(atom("payload"), map(bin("x"), repeated))));
      const rewritten = map(bin("x"), map(...names.flatMap((name, i) => [bin(name), [97, i]])));
      const order = (bytes: Uint8Array | undefined) => Object.entries((codec.decode(bytes!) as { x: object }).x).sort();
      expect(hex(twice.field("payload"))).toHaveLength(hex(new Uint8Array(rewritten)).length);
      expect(order(twice.field("payload") as Uint8Array)).toEqual(order(new Uint8Array(rewritten)));
    }
  });

  test("a dispatch has atoms for the frame's keys, binaries below, and a raw d as it is", () => {
    const d = codec.embed({ queue: "q", attempt: 1 }, "nonce", new Uint8Array([110, 1, 0, 7])) as Uint8Array;
    expect(hex(d)).toBe(hex(map(bin("queue"), bin("q"), bin("attempt"), [97, 1], bin("nonce"), [110, 1, 0, 7])));
    const dispatch = codec.encodeDispatch("É", d, 5) as Uint8Array;
    const expected = frameOf(atom("d"), [...d], atom("op"), [97, 4], atom("t"), bin("É"), atom("ts"), [97, 5]);
    expect(hex(dispatch)).toBe(hex(expected));
    expect(dispatch.length).toBe(dispatch.buffer.byteLength);
    const terms = new Map(Array.from((erlangReads(dispatch) as Wrapped).value as Map<unknown, unknown>));
    expect(fromErlang([...terms.values()][0])).toEqual({ queue: "q", attempt: 1, nonce: 7 });
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
