import { expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import {
  formatApplication,
  formatExpression,
  formatExpressionError,
  parseApplication,
  parseExpression,
} from "./index.ts";

it("reads and writes expressions", () => {
  const ops = [{ path: "/latency", op: "$lte", to: { value: 100 } }] as const;
  expect(parseExpression("latency<=100")).toEqual({ ok: true, ops });
  expect(formatExpression(ops)).toBe("latency <= 100");
});

it("answers a mistake with its place", () => {
  const fault = parseExpression("a ~ b");
  expect(fault).toMatchObject({ ok: false, at: 2 });
  expect(fault.ok || formatExpressionError("a ~ b", fault)).toContain("\n  a ~ b\n    ^");
});

it("reads and writes applications", () => {
  expect(parseApplication("#edge,#asia")).toEqual(["edge", "asia"]);
  expect(formatApplication("*")).toBe("\\*");
});

it.each([
  () => formatExpression([{ path: "no pointer", op: "$eq", to: { value: 1 } }]),
  () => formatExpression([{ op: "$or", with: [] }]),
  () => parseApplication("a,b"),
  () => formatApplication(""),
])("refuses by an error of the client: %s", (work) => {
  expect(work).toThrow(SingyeongError);
  expect(work).toThrow(expect.objectContaining({ code: "client/invalid-query" }));
});
