import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatStoredTarget, parseStoredTarget } from "./stored-target.ts";

describe("a stored target", () => {
  it("is the query alone where its sender has no namespace", () => {
    expect(formatStoredTarget('{"key":"[a"}', null)).toBe('{"key":"[a"}');
    expect(parseStoredTarget('{"key":"[a"}')).toEqual({ query: '{"key":"[a"}', namespace: null });
  });
  it("gives back what it was made of, whatever the namespace", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.json(), (namespace, json) => {
        const query = `{"q":${json}}`;
        expect(parseStoredTarget(formatStoredTarget(query, namespace))).toEqual({ query, namespace });
      }),
    );
  });
  it("that is a list of anything else is none", () => {
    expect(() => parseStoredTarget("[1,{}]")).toThrow("a stored target is a list without a namespace");
  });
});
