/** Random queries for tests: each as its plain object, beside the steps that build it. */
import fc from "fast-check";
import type { Condition } from "./condition.ts";
import { and, nor, or } from "./logic.ts";
import { path } from "./path.ts";
import { pointer } from "./pointer.ts";
import type { Op, Query } from "./query.ts";

interface RandomOp {
  readonly plain: Op;
  readonly fluent: () => Condition;
}

const paths: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("a/b", "~", "", "__proto__", "0")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((segments) => pointer(...segments));

const { value: constants } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.string({ maxLength: 8 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string({ maxLength: 4 }), fc.constant("__proto__")), tie("value"), { maxKeys: 3 }),
  ),
}));

const byValue = fc.constantFrom("eq", "ne", "gt", "gte", "lt", "lte", "contains", "ncontains");
const byList = fc.constantFrom("in", "nin");

const comparisons: fc.Arbitrary<RandomOp> = fc.oneof(
  fc.record({ at: paths, op: byValue, value: constants }).map(({ at, op, value }) => ({
    plain: { path: at, op: `$${op}` as const, to: { value } },
    fluent: () => path(at)[op](value),
  })),
  fc.record({ at: paths, op: byList, value: fc.array(constants, { maxLength: 4 }) }).map(({ at, op, value }) => ({
    plain: { path: at, op: `$${op}` as const, to: { value } },
    fluent: () => path(at)[op](value),
  })),
  fc.record({ at: paths, value: fc.boolean() }).map(({ at, value }) => ({
    plain: { path: at, op: "$exists" as const, to: { value } },
    fluent: () => path(at).exists(value),
  })),
  fc.record({ at: paths, op: fc.oneof(byValue, byList), other: paths }).map(({ at, op, other }) => ({
    plain: { path: at, op: `$${op}` as const, to: { path: other } },
    fluent: () => path(at)[op](path(other)),
  })),
  fc.record({ at: paths, op: byValue, other: paths, value: constants }).map(({ at, op, other, value }) => ({
    plain: { path: at, op: `$${op}` as const, to: { path: other, default: value } },
    fluent: () => path(at)[op](path(other).withDefault(value)),
  })),
);

const joins = { $and: and, $or: or, $nor: nor };

const { op: ops } = fc.letrec<{ op: RandomOp }>((tie) => ({
  op: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    comparisons,
    fc
      .record({
        op: fc.constantFrom("$and", "$or", "$nor"),
        items: fc.array(tie("op"), { minLength: 1, maxLength: 3 }),
      })
      .map(({ op, items }) => ({
        plain: { op, with: items.map(({ plain }) => plain) },
        fluent: () => joins[op](...items.map(({ fluent }) => fluent())),
      })),
  ),
}));

/** What a query has, in a shape that both ways of writing it can be made from. */
export interface RandomQuery {
  readonly application: string | readonly string[] | undefined;
  readonly ops: readonly RandomOp[];
  readonly flags: readonly ("optional" | "droppable" | "restricted")[];
  readonly key: string | number | bigint | undefined;
  readonly selector: { readonly op: "min" | "max" | "avg"; readonly path: string } | undefined;
}

export const randomQueries: fc.Arbitrary<RandomQuery> = fc.record({
  application: fc.option(
    fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 })),
    { nil: undefined },
  ),
  ops: fc.array(ops, { maxLength: 4 }),
  flags: fc.subarray(["optional", "droppable", "restricted"] as const),
  key: fc.option(fc.oneof(fc.string(), fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })), {
    nil: undefined,
  }),
  selector: fc.option(fc.record({ op: fc.constantFrom("min", "max", "avg"), path: paths }), { nil: undefined }),
});

/** A random query as the plain object that travels. */
export function plainQuery({ application, ops, flags, key, selector }: RandomQuery): Query {
  return {
    ...(application === undefined ? {} : { application }),
    ops: ops.map(({ plain }) => plain),
    ...Object.fromEntries(flags.map((flag) => [flag, true])),
    ...(key === undefined ? {} : { key }),
    ...(selector === undefined ? {} : { selector: { [`$${selector.op}`]: selector.path } as never }),
  };
}
