import { type Attribute, createAttribute } from "@singyeong/query";
import { describe, expect, it } from "vitest";
import { boundMetadata, type HeavyValues } from "./metadata-bound.ts";

const limits = { maxMetadataKeys: 3, maxMetadataBytes: 10_000 };

function text(length: number): Attribute {
  const created = createAttribute("string", "x".repeat(length));
  if (!created.ok) throw new Error(created.message);
  return created.attribute;
}

const bound = (held: Record<string, number>, changes: Record<string, number | null>, keeps = true) => {
  const keys = new Map(Object.entries(held));
  const heavy: HeavyValues = new Map(Object.entries(held).filter(([, size]) => size > 1024));
  const wanted = new Map(Object.entries(changes).map(([key, size]) => [key, size === null ? null : text(size)]));
  return boundMetadata(keys, heavy, wanted, keeps, limits);
};

describe("what a client may hold", () => {
  it("is a number of keys, those that go making room", () => {
    expect(bound({ a: 1, b: 1, c: 1 }, { d: 1 })).toBe("a client has at most 3 metadata keys");
    expect(bound({ a: 1, b: 1, c: 1 }, { c: null, d: 1 })).toEqual({ heavy: null });
    expect(bound({ a: 1, b: 1, c: 1 }, { a: 2 })).toEqual({ heavy: null });
    expect(bound({ a: 1, b: 1, c: 1 }, { d: 1, e: 1 }, false)).toEqual({ heavy: null });
  });

  it("is so many bytes of large values together, over all updates", () => {
    expect(bound({ a: 6000 }, { b: 6000 })).toBe("a client's metadata is at most 10000 bytes");
    expect(bound({ a: 6000 }, { a: 3000, b: 6000 })).toEqual({
      heavy: new Map([
        ["a", 3001],
        ["b", 6001],
      ]),
    });
    expect(bound({ a: 6000 }, { a: null, b: 6000 })).toEqual({ heavy: new Map([["b", 6001]]) });
    expect(bound({ a: 6000 }, { b: 6000 }, false)).toEqual({ heavy: new Map([["b", 6001]]) });
    expect(bound({}, { a: 50_000 })).toBe("a client's metadata is at most 10000 bytes");
  });

  it("does not change what was held before", () => {
    const heavy: HeavyValues = new Map([["a", 2000]]);
    boundMetadata(new Map([["a", 1]]), heavy, new Map([["a", null]]), true, limits);
    expect([...heavy]).toEqual([["a", 2000]]);
  });
});
