import fc from "fast-check";
import { expect, it } from "vitest";
import { escapeJson, escapeLines, escapeText } from "./escape.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through.
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u001b[2J", "\u009b1m", "\n", "\t", "\r", "\u202e", "\u0007"),
    fc.string({ unit: "binary" }),
  ),
});

it("shows what a terminal would obey, and leaves the rest", () => {
  expect(escapeText("a\u001b[2Jb\nc\u009b")).toBe("a\\u001b[2Jb\\nc\\u009b");
  expect(escapeText("신경 ✓ 😀")).toBe("신경 ✓ 😀");
  expect(escapeLines("a\n\tb\u001b")).toBe("a\n\tb\\u001b");
});

it("lets nothing through that a terminal would obey, whatever the text", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(escapeText(text)).not.toMatch(obeyed);
      expect(escapeText(text)).not.toContain("\n");
      expect(escapeLines(text).replaceAll("\t", "")).not.toMatch(obeyed);
    }),
  );
});

it("keeps JSON what it was", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const json = escapeJson(JSON.stringify({ text }));
      expect(json).not.toMatch(obeyed);
      expect(JSON.parse(json)).toEqual({ text });
    }),
  );
});
