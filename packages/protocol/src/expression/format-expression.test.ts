import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expression, op } from "./expression.kit.ts";
import { formatExpression } from "./format-expression.ts";
import type { Op } from "./op.ts";
import { parseExpression } from "./parse-expression.ts";

const compare = (value: unknown): Op => ({ path: "/a", op: "$eq", to: { value } });

it("writes ops so that reading gives the same ops", () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 4 }), (ops) => {
      const result = parseExpression(formatExpression(ops));
      return result.ok && isDeepStrictEqual(result.ops, ops);
    }),
    { numRuns: 3000 },
  );
});

it("writes what was read so that it is read the same, and is written the same from then on", () => {
  fc.assert(
    fc.property(expression, (text) => {
      const first = parseExpression(text);
      if (!first.ok) return first.message.includes("nested");
      const written = formatExpression(first.ops);
      const second = parseExpression(written);
      return second.ok && isDeepStrictEqual(second.ops, first.ops) && formatExpression(second.ops) === written;
    }),
    { numRuns: 3000 },
  );
});

describe("what is written reads well", () => {
  it.each([
    "latency <= 100 && region = eu",
    'region = "eu west"',
    "region in [eu, us] || !exists tier",
    "(a = 1 || b = 2) && c != 2.1.0",
    "!(a = 1 || (b = 2 && c = 3))",
    "all(a = 1) && any(b = 2)",
    "used < @limits.slots ?? 8",
    'a = "5" && b = {cpu: 4, "x y": [null, true]}',
    '"odd key".cpu = 9007199254740993',
    '"5".0 = 1 && "exists" = 1',
    "guilds not has 123",
  ])("%s", (text) => {
    const result = parseExpression(text);
    expect(result.ok && formatExpression(result.ops)).toBe(text);
  });
});

describe("numbers come back in their one form", () => {
  it.each([
    [5n, 5],
    [-0, 0],
    [2 ** 60, 2n ** 60n],
    [2 ** 63, 2 ** 63],
  ])("%s", (value, read) => {
    expect(parseExpression(formatExpression([compare(value)]))).toEqual({ ok: true, ops: [compare(read)] });
  });
});

describe("what the query language does not have is refused", () => {
  const nest = (depth: number): Op => (depth === 0 ? compare(1) : { op: "$nor", with: [nest(depth - 1)] });
  const cycle: { op: "$and"; with: Op[] } = { op: "$and", with: [] };
  cycle.with.push(cycle);
  const loop: unknown[] = [];
  loop.push(loop);

  it.each<[unknown, string]>([
    [null, "ops is a list"],
    [[null], "an op is a map"],
    [[{ region: { $eq: "eu" } }], "to is {value}"],
    [[{ path: "/a", op: "$like", to: { value: 1 } }], 'no operator "$like"'],
    [[{ path: "/a", op: "toString", to: { value: 1 } }], "no operator"],
    [[{ path: "a", op: "$eq", to: { value: 1 } }], "starts with /"],
    [[{ path: 1, op: "$eq", to: { value: 1 } }], "a path that is text"],
    [[{ path: "/a", op: "$eq" }], "to is {value}"],
    [[{ path: "/a", op: "$eq", to: {} }], "undefined is no constant"],
    [[{ path: "/a", op: "$in", to: { value: 1 } }], "$in takes a list"],
    [[{ path: "/a", op: "$exists", to: { value: 1 } }], "true or false"],
    [[{ path: "/a", op: "$exists", to: { path: "/b" } }], "true or false"],
    [[{ op: "$or", with: [] }], "not empty"],
    [[{ op: "$or" }], "not empty"],
    [[compare(Number.NaN)], "neither finite"],
    [[compare(2n ** 63n)], "64 bits"],
    [[compare(new Uint8Array(1))], "a plain map"],
    [[compare(new Map())], "a plain map"],
    [[compare([undefined])], "undefined is no constant"],
    [[compare(loop)], "at most 128 deep"],
    [[nest(33)], "at most 32 deep"],
    [[cycle], "at most 32 deep"],
    [Array(257).fill(compare(1)), "at most 256"],
    [[compare("x".repeat(65_536))], "at most 65536 characters"],
  ])("%#: %o", (ops, message) => {
    expect(() => formatExpression(ops as readonly Op[])).toThrow(
      expect.objectContaining({ name: "ExpressionError", message: expect.stringContaining(message) }),
    );
  });

  it("and what it just has is written", () => {
    expect(parseExpression(formatExpression([nest(32)]))).toEqual({ ok: true, ops: [nest(32)] });
  });
});
