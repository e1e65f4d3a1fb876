import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTable } from "./table.ts";
import { cut, measure } from "./width.ts";

const head = [{ title: "APP" }, { title: "CLIENT" }, { title: "METADATA" }];

describe("a table", () => {
  it("lines up its columns and leaves no space at the end", () => {
    expect(
      formatTable(
        head,
        [
          ["api", "seoul", "region=eu"],
          ["", "b", "x"],
        ],
        null,
      ),
    ).toEqual(["APP  CLIENT  METADATA", "api  seoul   region=eu", "     b       x"]);
  });

  it("counts two columns for what is wide", () => {
    const lines = formatTable(
      [{ title: "A" }, { title: "B" }],
      [
        ["신경", "x"],
        ["ab", "y"],
        ["😀", "z"],
      ],
      null,
    );
    expect(lines).toEqual(["A     B", "신경  x", "ab    y", "😀    z"]);
  });

  it("cuts the widest columns where the terminal is narrow", () => {
    const rows = [["api", "seoul", "a=1 b=2 c=3 d=4 e=5 f=6 g=7"]];
    expect(formatTable(head, rows, 30)).toEqual(["APP  CLIENT  METADATA", "api  seoul   a=1 b=2 c=3 d=4 …"]);
  });

  it("is never wider than a terminal with room for its columns", () => {
    const cell = fc
      .string({ unit: "grapheme", maxLength: 60 })
      .map((text) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·"));
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 24, max: 120 }), (rows, columns) => {
        for (const line of formatTable(head, rows, columns)) expect(measure(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe("text that is cut", () => {
  it("ends in … and never splits a character", () => {
    expect(cut("hello", 5)).toBe("hello");
    expect(cut("hello!", 5)).toBe("hell…");
    expect(cut("신경신경", 6)).toBe("신경…");
    expect(cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3)).toBe("👩‍👩‍👧‍👦…");
  });

  it("keeps its colour to itself", () => {
    expect(cut("\u001b[36mhello!\u001b[39m", 5)).toBe("\u001b[36mhell…\u001b[0m");
    expect(cut("\u001b[36mab\u001b[39m cdef", 5)).toBe("\u001b[36mab\u001b[39m c…\u001b[0m");
  });
});
