import { type Value, Whole } from "@singyeong/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findFault, toPlain } from "./plain-value.ts";

const { value: exact } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.bigInt(),
    fc.string(),
    fc.uint8Array({ maxLength: 4 }),
    fc.integer().map((n) => new Whole(n)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: false }) as fc.Arbitrary<Value>,
  ),
}));

const hasWhole = (value: Value): boolean =>
  value instanceof Whole ||
  (typeof value === "object" &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    Object.values(value).some((item) => hasWhole(item as Value)));

describe("values for plugins", () => {
  it("are the very same where there is nothing to change, and can travel in any case", () => {
    fc.assert(
      fc.property(exact, (value) => {
        const copy = structuredCloneExact(value);
        const plain = toPlain(value);
        expect(hasWhole(plain)).toBe(false);
        expect(findFault(plain, 8)).toBeNull();
        expect(plain === value).toBe(!hasWhole(value));
        // What came is as it was.
        expect(value).toEqual(copy);
      }),
    );
  });

  it("keep keys of every name", () => {
    const value = JSON.parse('{"__proto__": {"n": 1}, "constructor": 2}') as Record<string, Value>;
    value.n = new Whole(3);
    expect(JSON.stringify(toPlain(value))).toBe('{"__proto__":{"n":1},"constructor":2,"n":3}');
  });
});

describe("values of plugins", () => {
  it.each([
    [undefined, "the value is undefined"],
    [() => 1, "the value is a function"],
    [Symbol("x"), "the value is a symbol"],
    [Number.POSITIVE_INFINITY, "the value is Infinity"],
    [new Map(), "the value is no plain object"],
    [{ a: [1, { b: undefined }] }, "/a/1/b is undefined"],
  ])("%s cannot travel", (value, fault) => {
    expect(findFault(value, 8)).toBe(fault);
  });

  it("are not nested without end", () => {
    const circle: unknown[] = [];
    circle.push(circle, circle);
    expect(findFault(circle, 8)).toBe("/0/0/0/0/0/0/0/0 is nested too deep");
    expect(findFault([[[1]]], 3)).toBeNull();
  });
});

function structuredCloneExact(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Whole) return new Whole(value.float);
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(structuredCloneExact);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredCloneExact(item as Value)]));
}
