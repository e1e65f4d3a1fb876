import { expect, it } from "vitest";
import { formatExpressionError } from "./format-fault.ts";
import { parseExpression } from "./parse-expression.ts";

function shown(text: string): string {
  const result = parseExpression(text);
  return result.ok ? "" : formatExpressionError(text, result);
}

it("shows the line with a caret under the place", () => {
  expect(shown("latency<=100 &&\nregion == = eu\n|| x")).toBe(
    [
      'expected a value, in quotes where it has other than letters, digits and _-.:/+, found "="',
      "  region == = eu",
      "            ^",
    ].join("\n"),
  );
});

it("shows the end of the text as a place", () => {
  expect(shown("a=").split("\n").slice(1)).toEqual(["  a=", "    ^"]);
});

it("cuts a long line around the place", () => {
  const [, line, caret] = shown(`a="${"x".repeat(100)}" ~ ${"y".repeat(100)}`).split("\n");
  expect(line).toBe(`  …${"x".repeat(48)}" ~ ${"y".repeat(24)}…`);
  expect(line![caret!.indexOf("^")]).toBe("~");
});

it("counts wide characters as two columns and combining ones as none", () => {
  expect(shown("지역='서울é' ~").split("\n")[2]).toBe(`  ${" ".repeat(13)}^`);
});

it("shows nothing that a terminal takes for a command", () => {
  expect(shown("a='\u001b[2J\u202e' ~\t").split("\n")[1]).toBe("  a='·[2J·' ~ ");
});
