import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePath } from "../../../query/src/path/path.ts";
import { SingyeongError } from "../errors.ts";
import { pointer } from "./pointer.ts";

describe("a pointer of segments", () => {
  it("escapes each", () => {
    expect(pointer("limits", "cpu")).toBe("/limits/cpu");
    expect(pointer("a/b", "~1", 0)).toBe("/a~1b/~01/0");
  });

  it("leads the server to the very segments", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (segments) => {
        const parsed = parsePath(pointer(...segments));
        if (typeof parsed === "string") throw new Error(parsed);
        expect([parsed.key, ...parsed.rest.map(({ key }) => key)]).toEqual(segments);
      }),
    );
  });

  it("has at least one and at most 32", () => {
    expect(() => pointer()).toThrow(SingyeongError);
    expect(pointer(...Array(32).fill("a"))).toHaveLength(64);
    expect(() => pointer(...Array(33).fill("a"))).toThrow("expected a path of at most 32 segments");
  });
});
