import { expect, it } from "vitest";
import { createPaint } from "./colour.ts";

const terminal = { isTTY: true, write: () => true, once() {} };
const pipe = { write: () => true, once() {} };

it("colours on a terminal", () => expect(createPaint(terminal, {})("good", "x")).toBe("\u001b[32mx\u001b[39m"));

it.each([
  ["into a pipe", pipe, {}],
  ["into a pipe, whatever FORCE_COLOR says", pipe, { FORCE_COLOR: "1" }],
  ["under NO_COLOR", terminal, { NO_COLOR: "1" }],
  ["on a dumb terminal", terminal, { TERM: "dumb" }],
])("does not %s", (_where, sink, env) => expect(createPaint(sink, env)("good", "x")).toBe("x"));
