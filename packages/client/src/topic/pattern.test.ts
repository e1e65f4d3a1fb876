import { describe, expect, it } from "vitest";
import { compilePattern, segmentsOf } from "./pattern.ts";

const fits = (pattern: string, topic: string): boolean => compilePattern(pattern)(segmentsOf(topic));

describe("a pattern", () => {
  it.each([
    ["a.b", "a.b", true],
    ["a.b", "a", false],
    ["a.b", "a.b.c", false],
    ["a.b", "a.c", false],
    ["*", "a", true],
    ["*", "a.b", false],
    ["a.*", "a.b", true],
    ["a.*", "a", false],
    ["a.*", "a.b.c", false],
    ["a.*.c", "a.b.c", true],
    ["a.*.c", "a.b.d", false],
    [">", "a", true],
    [">", "a.b.c", true],
    ["a.>", "a", false],
    ["a.>", "a.b", true],
    ["a.>", "a.b.c", true],
    ["a.>", "b.a", false],
    ["*.>", "a.b", true],
    ["*.>", "a", false],
    [">.a", "b.a", false],
    [">.a", ">.a", true],
  ])("%s takes in %s: %s", (pattern, topic, expected) => {
    expect(fits(pattern, topic)).toBe(expected);
  });
});
