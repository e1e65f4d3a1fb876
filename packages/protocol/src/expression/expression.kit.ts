/** Random ops and random expressions, nasty on purpose. */
import fc from "fast-check";
import type { ComparisonOp, Op } from "./op.ts";
import { formatPointer } from "./path.ts";

const words = [
  "",
  "eu",
  "eu west",
  "2.1.0",
  "2.1",
  "007",
  "-0",
  "1e5",
  "1e999",
  "+1",
  ".5",
  "5.",
  "true",
  "null",
  "NaN",
  "and",
  "OR",
  "not",
  "exists",
  "all",
  "any",
  "in",
  "has",
  "__proto__",
  "constructor",
  "toString",
  "a/b",
  "a~b",
  "@slots",
  "??",
  "it's",
  '"',
  "\\",
  "\ud800",
  "\u0000\u2028\n",
  "신경",
  "😀",
  "a.b",
  "://",
];
const text = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({ maxLength: 8 }),
);

/** Numbers in their one form. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  fc.constantFrom(2 ** 63, -(2 ** 64), 1e300, 1e21, 5e-324, 0.1),
  fc
    .double({ noDefaultInfinity: true, noNaN: true })
    .filter((value) => !Object.is(value, -0) && (!Number.isInteger(value) || Math.abs(value) >= 2 ** 64)),
);

function toMap(entries: readonly (readonly [string, unknown])[]): object {
  const map = {};
  for (const [key, value] of entries) {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return map;
}

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 3 }).map(toMap),
  ),
}));

/** Maps as `parseExpression` makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });

const pointer = fc.array(text, { minLength: 1, maxLength: 4 }).map(formatPointer);

const relation = fc.constantFrom<ComparisonOp>("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$contains", "$ncontains");
const membership = fc.constantFrom<ComparisonOp>("$in", "$nin");
const anyOp = fc.oneof(relation, membership);

export const { op } = fc.letrec<{ op: Op }>((tie) => {
  const several = fc.array(tie("op"), { minLength: 1, maxLength: 3 });
  return {
    op: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      record({ path: pointer, op: relation, to: record({ value }) }),
      record({ path: pointer, op: membership, to: record({ value: fc.array(value, { maxLength: 3 }) }) }),
      record({ path: pointer, op: fc.constant<ComparisonOp>("$exists"), to: record({ value: fc.boolean() }) }),
      record({ path: pointer, op: anyOp, to: record({ path: pointer }) }),
      record({ path: pointer, op: anyOp, to: record({ path: pointer, default: value }) }),
      record({ op: fc.constant("$and" as const), with: several }),
      record({ op: fc.constant("$or" as const), with: several }),
      record({ op: fc.constant("$nor" as const), with: several }),
    ),
  };
});

const pieces = [
  "a",
  "latency",
  "limits.cpu",
  "/limits/cpu",
  '"odd key"',
  "=",
  "==",
  "!=",
  "<=",
  ">",
  " in ",
  " not in ",
  " has ",
  " and ",
  " OR ",
  "&&",
  "||",
  "!",
  "not ",
  "exists ",
  "(",
  ")",
  "all(",
  "none(",
  "[",
  "]",
  "{",
  "}",
  ":",
  ",",
  "@",
  "??",
  " ",
  "5",
  "-0",
  "9007199254740993",
  "1e300",
  "true",
  "'x'",
  '"',
  "\\u00e9",
  ".",
  "/",
  "~",
  "&",
  "\n",
];

/** Text that hardly ever is an expression. */
export const noise = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((list) => list.join("")),
  fc.string({ unit: "binary", maxLength: 30 }),
);

const space = fc.constantFrom(" ", "  ", "\n", "\t");
const path = fc.constantFrom(
  "a",
  "limits.cpu",
  "/limits/cpu",
  '"odd key".x',
  "'it'.s",
  "/a~1b/",
  "in",
  "any",
  "신경.1",
);
const constant = fc.constantFrom(
  "eu",
  "2.1.0",
  "5",
  "-1.5e3",
  "1e18",
  "true",
  "null",
  "'a b'",
  '"\\u0000"',
  "[a, [1], {}]",
  "{a: b:c, 'd e': 1}",
);
const list = fc.constantFrom("[eu, us]", "(eu, us)", "()", "[]", "@allowed", "@allowed ?? 5");
const operator = fc.constantFrom("=", "==", "!=", "<", "<=", ">", ">=", " has ", " not has ", " Contains ");

/** Text that always is an expression, written in all the ways there are. */
export const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie("expression");
  const joined = (symbol: string) =>
    fc.tuple(inner, space, inner).map(([a, gap, b]) => `${a}${gap}${symbol}${gap}${b}`);
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(path, operator, constant).map((parts) => parts.join("")),
      fc.tuple(path, fc.constantFrom(" in ", " NOT  in "), list).map((parts) => parts.join("")),
      fc
        .tuple(path, operator, path, fc.constantFrom("", " ?? 8", "??eu"))
        .map(([a, by, b, or]) => `${a}${by}@${b}${or}`),
      path.map((name) => `exists ${name}`),
      path.map((name) => `!exists(${name})`),
      path.map((name) => `not exists ${name}`),
      joined("&&"),
      joined("||"),
      joined("and"),
      joined("Or"),
      inner.map((text) => `(${text})`),
      inner.map((text) => `!( ${text} )`),
      inner.map((text) => `not(${text})`),
      fc
        .tuple(fc.constantFrom("all", "any", "none", "not any"), inner, inner)
        .map(([call, a, b]) => `${call} (${a}, ${b})`),
    ),
  };
});
