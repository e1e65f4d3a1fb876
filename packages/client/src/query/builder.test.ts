import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "../../../query/src/parse/query.ts";
import { defineApplication } from "../contract/application.ts";
import { SingyeongError } from "../errors.ts";
import { float, integer } from "../metadata/number.ts";
import { version } from "../metadata/version.ts";
import { type QueryBuilder, query } from "./builder.ts";
import { and, nor, or } from "./logic.ts";
import { path } from "./path.ts";
import type { Op } from "./query.ts";
import { plainQuery, type RandomQuery, randomQueries } from "./random-query.kit.ts";

function builtFrom({ application, ops, flags, key, selector }: RandomQuery, fluent: boolean): QueryBuilder {
  let built = query(application).where(...ops.map((op) => (fluent ? op.fluent() : op.plain)));
  for (const flag of flags) built = built[flag]();
  if (key !== undefined) built = built.key(key);
  return selector === undefined ? built : built[selector.op](selector.path);
}

describe("a query that was built", () => {
  it("is the plain query", () => {
    const built = query("api")
      .where(path("/latency").lte(100), or(path("/region").eq("eu"), path("/tier").exists(false)))
      .min("/latency")
      .key("user-17")
      .optional()
      .droppable()
      .restricted();
    expect(built.build()).toEqual({
      application: "api",
      ops: [
        { path: "/latency", op: "$lte", to: { value: 100 } },
        {
          op: "$or",
          with: [
            { path: "/region", op: "$eq", to: { value: "eu" } },
            { path: "/tier", op: "$exists", to: { value: false } },
          ],
        },
      ],
      selector: { $min: "/latency" },
      key: "user-17",
      optional: true,
      droppable: true,
      restricted: true,
    });
  });

  it("is for tags, for everyone, or for a declared application", () => {
    expect(query(["edge", "asia"]).build()).toEqual({ application: ["edge", "asia"], ops: [] });
    expect(query().build()).toEqual({ ops: [] });
    const gateway = defineApplication("gateway");
    const built = query(gateway).where((path) => path("/latency").lte(100));
    expect(built.build()).toEqual({
      application: "gateway",
      ops: [{ path: "/latency", op: "$lte", to: { value: 100 } }],
    });
    expect(built.declared).toBe(gateway);
  });

  it("equals the plain query, whichever way its conditions were written", () => {
    fc.assert(
      fc.property(randomQueries, (random) => {
        expect(builtFrom(random, true).build()).toEqual(plainQuery(random));
        expect(builtFrom(random, false).build()).toEqual(plainQuery(random));
      }),
    );
  });

  it("is always one that the server takes", () => {
    fc.assert(
      fc.property(randomQueries, (random) => {
        expect(parseQuery(builtFrom(random, true).build())).toMatchObject({ ok: true });
      }),
    );
  });

  it("never changes: each step makes another", () => {
    const base = query("api");
    const near = base.where(path("/latency").lte(100));
    const far = base.where(path("/latency").gt(100)).optional();
    expect(base.build()).toEqual({ application: "api", ops: [] });
    expect(near.build().ops).toHaveLength(1);
    expect(far.build().ops).toHaveLength(1);
    expect(far.optional(false).build()).not.toHaveProperty("optional");
    expect(far.build()).toHaveProperty("optional", true);
    expect(() => (near.build().ops as Op[]).push()).toThrow(TypeError);
  });

  it("keeps constants as they were when the condition was written", () => {
    const regions = ["eu"];
    const tags = ["edge"];
    const built = query(tags).where(path("/region").in(regions), { path: "/r", op: "$in", to: { value: regions } });
    regions.push("us");
    tags.push("asia");
    expect(built.build()).toEqual({
      application: ["edge"],
      ops: [
        { path: "/region", op: "$in", to: { value: ["eu"] } },
        { path: "/r", op: "$in", to: { value: ["eu"] } },
      ],
    });
  });

  it("writes versions as their text, and typed numbers as numbers that codecs write", () => {
    const ops = query("api").where(
      path("/build").gte(version("2.1.0")),
      path("/build").in([version("1.0.0")]),
      path("/id").eq(integer(2n ** 60n)),
      path("/load").lt(float(1e300)),
    );
    expect(ops.build().ops?.map((op) => "to" in op && op.to)).toEqual([
      { value: "2.1.0" },
      { value: ["1.0.0"] },
      { value: 2n ** 60n },
      { value: 1e300 },
    ]);
  });

  it("compares maps that look like a path as what they are", () => {
    const { ops } = query("api")
      .where(path("/spec").eq({ path: "/x" }))
      .build();
    expect(ops).toEqual([{ path: "/spec", op: "$eq", to: { value: { path: "/x" } } }]);
  });
});

/** What an error says, beside its code. */
function refusal(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    if (error instanceof SingyeongError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was refused";
}

const nested = (depth: number): Op => (depth === 0 ? path("/a").eq(1) : { op: "$and", with: [nested(depth - 1)] });
const many = (count: number) => Array.from({ length: count }, () => path("/a").eq(1));

describe("what the server would refuse is refused here, with its place", () => {
  it.each<[string, () => unknown, string]>([
    [
      "an empty application",
      () => query(""),
      "/application: expected an application id or a list of tags, got an empty",
    ],
    ["an application of another type", () => query(42 as never), "/application: expected an application id or a list"],
    ["a tag that is no text", () => query(["a", 1] as never), "/application/1: expected a tag, got 1"],
    ["a path without slash", () => path("a"), 'expected a path that starts with /, got "a"'],
    ["an empty path", () => path(""), 'expected a path such as "/key", got ""'],
    ["a bad escape", () => path("/~2"), "expected ~0 for ~ and ~1 for / in a path"],
    ["a path that is no text", () => path(7 as never), 'expected a path such as "/key", got 7'],
    ["a long path", () => path(`/${"a".repeat(1024)}`), "expected a path of at most 1024 characters"],
    ["a deep path", () => path("/a".repeat(33)), "expected a path of at most 32 segments"],
    ["empty logic", () => or(), "/with: expected a non-empty list of ops for $or, got an empty list"],
    ["a list that is none", () => path("/a").in(5 as never), "/to/value: expected a list for $in, got 5"],
    ["existence that is none", () => path("/a").exists("y" as never), "/to/value: expected true or false for $exists"],
    [
      "a selector that is no path",
      () => query().min("a"),
      '/selector/$min: expected a path that starts with /, got "a"',
    ],
    ["two selectors", () => query().min("/a").max("/b"), "/selector: expected one selector, got $max beside another"],
    ["a key of another type", () => query().key(true as never), "/key: expected text or a number, got true"],
    [
      "a condition that is none",
      () => query().where(5 as never),
      "/ops/0: expected an op such as {path, op, to}, got 5",
    ],
    [
      "an op that is none",
      () => query().where({ op: "$x" } as never),
      '/ops/0/op: expected an operator such as "$eq", got',
    ],
    ["an inherited name", () => query().where({ op: "valueOf" } as never), "/ops/0/op: expected an operator"],
    [
      "logic that is no list",
      () => query().where({ op: "$or", with: {} } as never),
      "/ops/0/with: expected a non-empty",
    ],
    [
      "no other side",
      () => query().where({ path: "/a", op: "$eq", to: {} } as never),
      "/ops/0/to: expected {value} or",
    ],
    [
      "an other side that is none",
      () => query().where({ path: "/a", op: "$eq", to: 1 } as never),
      "/ops/0/to: expected {v",
    ],
    [
      "existence of a path's value",
      () => query().where({ path: "/a", op: "$exists", to: { path: "/b" } }),
      "/ops/0/to: expected {value: true} or {value: false} for $exists, got a path",
    ],
    [
      "a bad path deep inside",
      () => query().where(path("/a").eq(1), { op: "$or", with: [{ path: "a", op: "$eq", to: { value: 1 } }] }),
      '/ops/1/with/0/path: expected a path that starts with /, got "a"',
    ],
    [
      "a bad path on the other side",
      () => query().where({ path: "/a", op: "$eq", to: { path: "b" } }),
      '/ops/0/to/path: expected a path that starts with /, got "b"',
    ],
    ["more than 256 ops", () => query().where(...many(257)), "/ops/256: expected at most 256 ops in all, got more"],
    [
      "more than 256 ops in steps",
      () =>
        query()
          .where(...many(200))
          .where(and(...many(56))),
      "/ops/200/with/55: expected",
    ],
    ["logic 33 deep", () => query().where(nested(33)), "expected logic at most 32 deep, got more"],
    ["logic 33 deep, joined", () => nor(nested(32)), "expected logic at most 32 deep, got more"],
  ])("%s", (_, build, message) => {
    expect(refusal(build)).toContain(`client/invalid-query: ${message.startsWith("expected logic") ? "" : message}`);
    expect(refusal(build)).toContain(message);
  });

  it("up to the very bounds", () => {
    expect(
      parseQuery(
        query()
          .where(...many(256))
          .build(),
      ),
    ).toMatchObject({ ok: true });
    expect(parseQuery(query().where(nested(32)).build())).toMatchObject({ ok: true });
    expect(parseQuery(query().min("/a".repeat(32)).build())).toMatchObject({ ok: true });
    expect(
      parseQuery(
        query()
          .where(path(`/${"a".repeat(1023)}`).eq(1))
          .build(),
      ),
    ).toMatchObject({ ok: true });
  });

  it("but not where the same selector or key is chosen on another branch", () => {
    const base = query("api");
    expect(base.min("/a").build().selector).toEqual({ $min: "/a" });
    expect(base.max("/a").build().selector).toEqual({ $max: "/a" });
    expect(base.key("a").key("b").build().key).toBe("b");
  });
});

describe("constants that cannot travel are refused", () => {
  it.each<[string, () => unknown, string]>([
    [
      "a number that lost digits",
      () => path("/id").eq(2 ** 53),
      "/to/value: 9007199254740992 is beyond 2^53 and may have",
    ],
    ["one inside a list", () => path("/id").in([1, 2 ** 60]), "/to/value/1: 1152921504606847000 is beyond 2^53"],
    ["one as a default", () => path("/id").eq(path("/x").withDefault(2 ** 60)), "/to/default: 1152921504606847000 is"],
    ["one as a key", () => query().key(2 ** 60), "/key: 1152921504606847000 is beyond 2^53"],
    [
      "one in a plain op",
      () => query().where({ path: "/a", op: "$eq", to: { value: { b: 2 ** 60 } } }),
      "/ops/0/to/value/b: ",
    ],
    [
      "an integer beyond 64 bits",
      () => path("/id").eq(2n ** 63n),
      "/to/value: expected an integer within signed 64 bits",
    ],
    ["NaN", () => path("/a").lt(Number.NaN), "/to/value: expected a finite number, got NaN"],
    ["a set", () => path("/a").lt(new Set()), "/to/value: expected a value that can be sent, got Set"],
    ["a function", () => path("/a").eq(() => 1), "/to/value: expected a value that can be sent, got Function"],
  ])("%s", (_, build, message) => {
    expect(refusal(build)).toContain(`client/invalid-value: ${message}`);
  });

  it("with the advice to write a bigint", () => {
    expect(refusal(() => path("/id").eq(2 ** 60))).toContain("write it as a bigint (123n)");
  });
});
