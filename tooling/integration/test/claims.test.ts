import { describe, expect, it } from "vitest";
import { findKept, readClaims } from "../src/snippets/claims.ts";

const claim = (line: string, anytime = false) => ({ line, anytime });

describe("the claims of a program", () => {
  it.each([
    ["a statement", "console.log(count); // 1", [claim("1")]],
    ["a statement of another", "if (ok) console.log(count); // 1", [claim("1")]],
    ["a loop", "for (const x of xs) console.log(x); // a b", [claim("a b")]],
    ["a handler", "a.messages((m) => console.log(m.payload)); // { a: 'b' }", [claim("{ a: 'b' }", true)]],
    ["a handler with options", 'a.on((m) => console.log(m), { at: "ws://x" }); // yes', [claim("yes", true)]],
    ["a handler of many lines", "a.on((m) => {\n  console.log(m); // 1\n});", [claim("1", true)]],
    ["a call of many lines", "console.log(\n  a,\n); // 1", [claim("1")]],
    ["a call without a semicolon", "console.log(a) // 1", [claim("1")]],
    ["two calls in order", "console.log(a); // 1\nconsole.log(b); // 2", [claim("1"), claim("2")]],
    ["text that looks like a comment", 'console.log("ws://a // b", `// c`);', []],
    ["comments elsewhere", "// console.log(a); // 1\nconst a = 1; // 2\nconsole.log(a);\n// 3", []],
  ])("are seen behind %s", (_, code, expected) => {
    expect(readClaims(code)).toEqual(expected);
  });

  it("are refused within a call", () => {
    expect(() => readClaims("console.log(a, // 1\n  b);")).toThrow('"// 1" stands before the end');
  });
});

describe("claims that were kept", () => {
  const claims = [claim("later", true), claim("1"), claim("2")];

  it.each([
    ["in their order", ["later", "1", "2"]],
    ["where a handler printed last", ["1", "2", "later", ""]],
    ["among other lines", ["x", "1", "y", "later", "2", "later"]],
  ])("are all of them %s", (_, printed) => {
    expect(findKept(claims, printed)).toEqual(["later", "1", "2"]);
  });

  it.each([
    ["a handler that printed nothing", ["1", "2"], ["1", "2"]],
    ["a line that is missing", ["later", "1"], ["later", "1"]],
    ["lines out of order", ["2", "1", "later"], ["later", "2", "1"]],
    ["a line too often", ["1", "2", "2", "later"], ["later", "1", "2", "2"]],
  ])("are not all of them with %s", (_, printed, kept) => {
    expect(findKept(claims, printed)).toEqual(kept);
  });

  it("count once for each line, though two say the same", () => {
    expect(findKept([claim("1", true), claim("1")], ["1"])).toEqual(["1"]);
    expect(findKept([claim("1", true), claim("1")], ["1", "1"])).toEqual(["1", "1"]);
  });
});
