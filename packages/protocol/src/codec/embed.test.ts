import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Value, Whole } from "../value.ts";
import type { Codec, Raw } from "./codec.ts";
import { etfCodec, jsonCodec, msgpackCodec } from "./index.ts";
import { readOk, sampleValues } from "./robustness.kit.ts";
import { bigBeyondSafe, binary, fraction, safeInteger, text, values, whole } from "./values.kit.ts";

type Fields = { readonly [key: string]: Value };

const int64 = bigBeyondSafe(-(2n ** 63n), 2n ** 64n - 1n);
const value = values({
  leaves: [fc.constant(null), fc.boolean(), text, safeInteger, fraction, binary, int64, whole],
});
const key = fc.oneof(text, fc.constantFrom("__proto__", "constructor", 'a"b\\c\n', "\ud800", "7", ""));
/** Own keys alone, whatever they are called. */
const mapOf = (entries: readonly (readonly [string, Value])[]): Fields => Object.fromEntries(entries);
const fields = fc.oneof(
  fc.array(fc.tuple(key, value), { maxLength: 20 }).map(mapOf),
  fc.array(fc.tuple(key, fc.oneof(text, safeInteger)), { maxLength: 4 }).map(mapOf),
);
/** Maps with keys that lie apart from the embedded one; those that look like integers would be put in order. */
const embedding = fc
  .tuple(fields, key, value)
  .filter(([map, name]) => !Object.hasOwn(map, name) && !/^\d+$/.test(name));

const bytesOf = (frame: Raw): Uint8Array => (typeof frame === "string" ? new TextEncoder().encode(frame) : frame);
const plain = (map: Value): Fields => mapOf(Object.entries(map as Fields));

describe.each([jsonCodec, msgpackCodec, etfCodec])("embedding raw values in $encoding", (codec: Codec) => {
  test("any value embeds as the bytes that encoding the whole map writes", () => {
    fc.assert(
      fc.property(embedding, ([map, name, inner]) => {
        const entire = mapOf([...Object.entries(map), [name, inner]]);
        expect(codec.embed(map, name, codec.encode(inner))).toEqual(codec.encode(entire));
      }),
      { numRuns: 500 },
    );
  });

  test("a dispatch of it is read as the fields and the value, exactly", () => {
    fc.assert(
      fc.property(embedding, text, fc.nat(Number.MAX_SAFE_INTEGER), ([map, name, inner], t, ts) => {
        // A lone surrogate, which no bytes hold, is read as U+FFFD.
        fc.pre(name.isWellFormed() && Object.keys(map).every((other) => other.isWellFormed()));
        const raw = codec.encode(inner);
        const frame = readOk(codec, bytesOf(codec.encodeDispatch(t, codec.embed(map, name, raw), ts)));
        expect([frame.op, frame.t, frame.hasFields]).toEqual([4, t, true]);
        const expected = Object.entries(codec.decodeExact(codec.encode(map)) as Fields);
        expect(
          isDeepStrictEqual(plain(codec.decodeExact(frame.d!)), mapOf([...expected, [name, codec.decodeExact(raw)]])),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each(Object.entries(sampleValues))("fields and values of every kind: %s", (name, sample) => {
    const raw = codec.encode(sample);
    const map = codec.embed({ name, sample }, "payload", raw);
    const frame = readOk(codec, bytesOf(codec.encodeDispatch("QUEUE", map, 0)));
    expect(codec.decodeExact(frame.field("payload")!)).toEqual(codec.decodeExact(raw));
    expect(codec.decodeExact(frame.field("sample")!)).toEqual(codec.decodeExact(raw));
    expect(codec.decode(frame.field("name")!)).toBe(name);
  });

  test("without fields it is a map of one entry", () => {
    for (const name of ["payload", "", 'a"b']) {
      expect(codec.embed({}, name, codec.encode([1]))).toEqual(codec.encode({ [name]: [1] }));
    }
  });

  test("more fields than a short head counts all stay", () => {
    for (const count of [14, 15, 16, 300, 70_000]) {
      const many = mapOf(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
      const decoded = codec.decode(codec.embed(many, "payload", codec.encode("p")));
      expect(isDeepStrictEqual(plain(decoded), { ...many, payload: "p" })).toBe(true);
    }
  });

  test("it nests, and goes into deliveries", () => {
    const inner = codec.embed({ id: "a" }, "payload", codec.encode(new Whole(50)));
    const outer = codec.embed({ queue: "q", attempt: 1 }, "message", inner);
    const frame = readOk(codec, bytesOf(codec.encodeDelivery("QUEUE", { nonce: undefined, payload: outer }, 5)));
    const expected = { queue: "q", attempt: 1, message: { id: "a", payload: new Whole(50) } };
    expect(codec.decodeExact(frame.field("payload")!)).toEqual(expected);
  });

  test("what it made stays as it was, however many and however large ones follow", () => {
    const sizes = [0, 1, 40, 100, 900, 1000, 1020, 1100, 9000, 70_000];
    const made = Array.from({ length: 400 }, (_, i) => {
      const payload = "x".repeat(sizes[i % sizes.length]!);
      return { i, payload, raw: codec.embed({ i }, "payload", codec.encode(payload)) };
    });
    for (const { i, payload, raw } of made) expect(plain(codec.decode(raw))).toEqual({ i, payload });
  });

  test("the value is copied: the frame that it was cut from may be overwritten", () => {
    const source = bytesOf(codec.encodeFrame(4, { payload: ["kept"] }, 0, "QUEUE"));
    const map = codec.embed({ id: 1 }, "payload", readOk(codec, source).field("payload")!);
    source.fill(0);
    expect(codec.decode(map)).toEqual({ id: 1, payload: ["kept"] });
  });
});

describe.each([msgpackCodec, etfCodec])("mistakes of ours in $encoding", (codec: Codec) => {
  test("text is no raw value, and what is no value cannot be a field", () => {
    expect(() => codec.embed({}, "a", "1")).toThrow(TypeError);
    expect(() => codec.encodeDispatch("A", "1", 0)).toThrow(TypeError);
    expect(() => codec.embed({ a: 1, b: undefined as never }, "c", codec.encode(1))).toThrow(TypeError);
    expect(codec.decode(codec.embed({ a: 1 }, "c", codec.encode(2)))).toEqual({ a: 1, c: 2 });
  });
});

describe.each([jsonCodec, msgpackCodec, etfCodec])("dispatches put together in $encoding", (codec: Codec) => {
  const name = fc.constantFrom("id", "end", "payload", "headers", "method");
  const entry = fc.oneof(
    fc.record({ plain: fc.oneof(safeInteger, fc.boolean()) }),
    fc.record({ raw: value }),
    fc.constant(undefined),
  );

  test("are read as their entries, exactly, in order and without those that are undefined", () => {
    const entries = fc.uniqueArray(fc.tuple(name, entry), { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, fc.nat(Number.MAX_SAFE_INTEGER), (all, ts) => {
        const values = all.map(([, part]) => part && ("raw" in part ? codec.encode(part.raw) : part.plain));
        const bytes = bytesOf(
          codec.encodeEvent(
            "DATA",
            all.map(([key]) => key),
            values,
            ts,
          ),
        );
        const frame = readOk(codec, bytes);
        expect([frame.op, frame.t]).toEqual([4, "DATA"]);
        const there = all.flatMap(([key, part]) =>
          part === undefined ? [] : [[key, codec.encode("raw" in part ? part.raw : part.plain)] as const],
        );
        for (const [key, raw] of there) expect(codec.decodeExact(frame.field(key)!)).toEqual(codec.decodeExact(raw));
        expect(Object.keys(codec.decode(frame.d!) as Fields)).toEqual(there.map(([key]) => key));
      }),
      { numRuns: 500 },
    );
  });
});
