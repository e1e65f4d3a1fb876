import { describe, expect, it } from "vitest";
import { canonicalise, canonicalNumber, MAX_VALUE_DEPTH } from "./canonical.ts";
import { canonicalText } from "./text.ts";

describe("canonicalNumber", () => {
  it.each<[number | bigint, number | bigint | undefined]>([
    [-0, 0],
    [5n, 5],
    [2 ** 53 - 1, 2 ** 53 - 1],
    [2 ** 53, 2n ** 53n],
    [2n ** 53n - 1n, 2 ** 53 - 1],
    [-(2 ** 63), -(2n ** 63n)],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
    [2 ** 63, 2 ** 63],
    [2n ** 63n, undefined],
    [-(2n ** 63n) - 1n, undefined],
    [0.5, 0.5],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])("of %s is %s", (from, to) => expect(Object.is(canonicalNumber(from), to)).toBe(true));
});

it("keeps an object that needs no change, and copies one that does", () => {
  const same = { a: [1, "x"] };
  expect(canonicalise(same, { fault: null })).toBe(same);
  const map = JSON.parse('{"__proto__": [0], "n": -0}');
  const copy = canonicalise(map, { fault: null }) as { n: number };
  expect(Object.keys(copy)).toEqual(["__proto__", "n"]);
  expect(Object.is(copy.n, 0)).toBe(true);
});

it("names the place of what it refuses", () => {
  const slot = { fault: null };
  expect(canonicalise({ "a/b": [1, 2n ** 64n] }, slot)).toBeUndefined();
  expect(slot.fault).toMatchObject({ at: "/a~1b/1", problem: "integer-range" });
});

it("refuses what is nested too deep, without running out of stack", () => {
  const deep = JSON.parse("[".repeat(5000) + "]".repeat(5000));
  const slot = { fault: null };
  expect(canonicalise(deep, slot)).toBeUndefined();
  expect(slot.fault).toMatchObject({ problem: "depth", at: "/0".repeat(MAX_VALUE_DEPTH) });
});

it("writes equal values as one text, whatever the order of keys", () => {
  expect(canonicalText({ b: 1, a: "1" })).toBe(canonicalText({ a: "1", b: 1 }));
  expect(canonicalText(["1"])).not.toBe(canonicalText([1]));
});
