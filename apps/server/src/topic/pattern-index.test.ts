import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePattern, parseTopic } from "./pattern.ts";
import { createPatternIndex } from "./pattern-index.ts";

/** As [TO-1] says it. */
function matches(pattern: string, topic: string): boolean {
  const [wanted, has] = [pattern.split("."), topic.split(".")];
  const isOpen = wanted.at(-1) === ">";
  const fixed = isOpen ? wanted.slice(0, -1) : wanted;
  const fits = fixed.every((segment, i) => i < has.length && (segment === "*" || segment === has[i]));
  return fits && (isOpen ? has.length > fixed.length : has.length === fixed.length);
}

const texts = (...segments: string[]) =>
  fc.array(fc.constantFrom(...segments), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
const topic = texts("a", "b", "c", "ü");
const anyPattern = fc.oneof(
  texts("a", "b", "c", "*", "ü"),
  texts("a", "b", "c", "*", "ü").map((text) => `${text}.>`),
  fc.constant(">"),
);
const change = fc.record({ isAdded: fc.boolean(), pattern: anyPattern, value: fc.nat({ max: 3 }) });

describe("a pattern index", () => {
  it("finds the values of exactly the patterns that match, each once, whatever was added and removed", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.array(topic, { minLength: 1, maxLength: 10 }),
        (changes, topics) => {
          const index = createPatternIndex<number>();
          const present = new Map<string, { pattern: string; value: number }>();
          for (const { isAdded, pattern, value } of changes) {
            index[isAdded ? "add" : "remove"](parsePattern(pattern)!, value);
            if (isAdded) present.set(`${pattern} ${value}`, { pattern, value });
            else present.delete(`${pattern} ${value}`);
          }
          for (const text of topics) {
            const found = new Set(
              [...present.values()].filter(({ pattern }) => matches(pattern, text)).map(({ value }) => value),
            );
            expect(index.find(parseTopic(text)!)).toEqual(found);
            expect(index.covers(parseTopic(text)!)).toBe(found.size > 0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("topics", () => {
  it.each(["a", "a.b", "ü.*b.>>", "x".repeat(256), Array(32).fill("a").join(".")])("are texts such as %s", (text) => {
    expect(parseTopic(text)).toEqual(text.split("."));
  });

  it.each([
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "a b",
    "x".repeat(257),
    "ü".repeat(129),
    Array(33).fill("a").join("."),
    "\ud800",
  ])("are no texts such as %j", (text) => {
    expect(parseTopic(text)).toBe(null);
    expect(parsePattern(text)).toBe(null);
  });

  it.each(["*", ">", "a.*", "*.a", "a.>", "a.>.b"])("are no patterns such as %s", (text) => {
    expect(parseTopic(text)).toBe(null);
  });

  it("are covered by patterns, which have > in the last place alone", () => {
    expect(["*", ">", "a.*", "a.>", "*.>"].map((text) => parsePattern(text)?.text)).toEqual([
      "*",
      ">",
      "a.*",
      "a.>",
      "*.>",
    ]);
    expect([">.a", "a.>.b", ">.>"].map(parsePattern)).toEqual([null, null, null]);
  });
});
