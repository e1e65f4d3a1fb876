import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJson, parseJson } from "../codec/json.ts";
import { msgpackCodec } from "../codec/msgpack-codec.ts";
import { SingyeongError } from "../errors.ts";
import { float, integer } from "../metadata/number.ts";
import { version } from "../metadata/version.ts";
import { checkInt64 } from "./exact.ts";
import { makePortable } from "./portable.ts";

const nest = (levels: number): unknown => (levels === 0 ? 1 : [nest(levels - 1)]);

class Point {
  readonly x = 1;
  readonly hidden = undefined;
  get length(): number {
    return 1;
  }
}

/** Values as users have them, good and bad. */
const leaves = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    Number.NaN,
    1 / 0,
    -0,
    2 ** 53,
    -(2 ** 60),
    1e21,
    () => 1,
    Symbol("x"),
  ),
  fc.constantFrom<unknown>(
    new Date(0),
    new Map([[1, 2]]),
    new Set([1]),
    new Float64Array(1),
    new Point(),
    /x/,
    new URL("a:b"),
  ),
  fc.constantFrom<unknown>(version("1.0.0"), float(50), integer(5n), new Uint8Array([1])),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: "binary" }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { weight: 2, arbitrary: leaves },
    { weight: 1, arbitrary: fc.array(tie("tree"), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.string(), tie("tree"), { maxKeys: 4 }) },
    { weight: 1, arbitrary: tie("tree").map((value) => ({ toJSON: () => value })) },
  ),
}));

/** What a codec makes of a value: what comes out at the other end, or the code and the place of the refusal. */
function attempt(codec: () => unknown): { readonly accepted: boolean; readonly at?: unknown } {
  try {
    codec();
    return { accepted: true };
  } catch (error) {
    expect(error).toBeInstanceOf(SingyeongError);
    const { code, details } = error as SingyeongError;
    expect(code).toBe("client/invalid-value");
    return { accepted: false, at: (details as { at: unknown }).at };
  }
}

describe("a value that is to be sent", () => {
  it("is accepted as JSON where it is as MessagePack, and refused at the same place", () => {
    fc.assert(
      fc.property(fc.oneof(tree, fc.anything({ withBigInt: true, withDate: true, withSparseArray: true })), (value) => {
        const json = attempt(() => formatJson({ d: value }));
        expect(attempt(() => msgpackCodec.encode({ d: value }))).toEqual(json);
      }),
      { numRuns: 1000 },
    );
  });

  it("is the same to the receiver, whatever was spoken, but for bytes and the largest integers", () => {
    const values = fc.oneof(
      fc.constantFrom<unknown>(null, undefined, true, new Date(0), new Point(), version("1.0.0"), 1e300),
      fc.maxSafeInteger().filter((n) => !Object.is(n, -0)),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string(),
    );
    const { plain } = fc.letrec((tie) => ({
      plain: fc.oneof(
        { maxDepth: 4 },
        values,
        fc.array(tie("plain"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("plain"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(plain, (value) => {
        expect(parseJson(formatJson({ d: value }))).toEqual(msgpackCodec.decode(msgpackCodec.encode({ d: value })));
      }),
    );
  });

  it("is left as it was, and shares nothing with what is sent", () => {
    const inner = { a: [1, 2] };
    const copy = makePortable({ inner, list: [inner] });
    expect(copy).toEqual({ inner, list: [inner] });
    expect((copy as { inner: unknown }).inner).not.toBe(inner);
    expect((copy as { inner: typeof inner }).inner.a).not.toBe(inner.a);
  });

  it.each<[string, unknown, unknown]>([
    ["what was typed is its value", [version("2.1.0"), float(0.5), integer(7)], ["2.1.0", 0.5, 7]],
    ["a date is text", { at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    ["a gap in a list is null", [undefined, 1], [null, 1]],
    ["a hole in a list is null", Array(2), [null, null]],
    ["a key without a value is left out", { a: undefined, b: 1 }, { b: 1 }],
    ["an instance is its own fields", new Point(), { x: 1 }],
    ["a map without prototype is one", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])("%s", (_, value, result) => expect(makePortable(value)).toEqual(result));

  it("keeps bytes, and keys that prototypes have", () => {
    const bytes = new Uint8Array([1]);
    expect(makePortable(bytes)).toBe(bytes);
    expect(Object.entries(makePortable(JSON.parse('{"__proto__": 1}')) as object)).toEqual([["__proto__", 1]]);
  });

  it("is at most 128 levels deep, and does not hold itself", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(makePortable(nest(128))).toEqual(nest(128));
    expect(() => makePortable(nest(129))).toThrow("at most 128 levels");
    expect(() => makePortable(cycle)).toThrow("a value that holds itself");
    const endless: object = { toJSON: () => endless };
    expect(() => makePortable(endless)).toThrow("a value that holds itself");
  });

  it("is refused with its place, which may begin elsewhere", () => {
    const refusal = { code: "client/invalid-value", details: { at: "/payload/a~1b/1" } };
    expect(() => makePortable({ "a/b": [1, () => 1] }, "/payload")).toThrow(expect.objectContaining(refusal));
    expect(() => makePortable({ "a/b": [1, 2n ** 63n] }, "/payload", checkInt64)).toThrow(
      expect.objectContaining(refusal),
    );
    expect(makePortable([2n ** 63n - 1n, -(2n ** 63n)], "", checkInt64)).toEqual([2n ** 63n - 1n, -(2n ** 63n)]);
  });
});
