import type { Comparison, ComparisonOp } from "./op.ts";
import { parsePath } from "./parse-path.ts";
import { parseList, parseValue } from "./parse-value.ts";
import { peek, peekKeyword, type Scanner, skipSpace, stop, take } from "./scanner.ts";

const SYMBOL = /<=|>=|!=|==|=|<|>/y;
const SYMBOLS = {
  "=": "$eq",
  "==": "$eq",
  "!=": "$ne",
  ">": "$gt",
  ">=": "$gte",
  "<": "$lt",
  "<=": "$lte",
} as const satisfies Record<string, ComparisonOp>;

/** Operators that are words, each with its opposite behind `not`. */
const WORDS = new Map<string, readonly [plain: ComparisonOp, negated: ComparisonOp]>([
  ["in", ["$in", "$nin"]],
  ["has", ["$contains", "$ncontains"]],
  ["contains", ["$contains", "$ncontains"]],
]);

/** Reads `path operator operand`. */
export function parseComparison(scanner: Scanner): Comparison {
  const path = parsePath(scanner);
  const op = parseOperator(scanner);
  return { path, op, to: take(scanner, "@") ? parseOther(scanner, op) : { value: parseConstant(scanner, op) } };
}

/** Reads what stands behind `exists`: a path, in parentheses or not. */
export function parseExists(scanner: Scanner, value: boolean): Comparison {
  const inParentheses = take(scanner, "(");
  const path = parsePath(scanner);
  if (inParentheses && !take(scanner, ")")) stop(scanner, ") behind the path");
  return { path, op: "$exists", to: { value } };
}

function parseOperator(scanner: Scanner): ComparisonOp {
  skipSpace(scanner);
  const start = scanner.at;
  const symbol = peek(scanner, SYMBOL);
  if (symbol !== "") {
    scanner.at += symbol.length;
    return SYMBOLS[symbol as keyof typeof SYMBOLS];
  }
  let word = peekKeyword(scanner);
  const negated = word === "not";
  if (negated) {
    scanner.at += word.length;
    skipSpace(scanner);
    word = peekKeyword(scanner);
  }
  const ops = WORDS.get(word);
  if (ops !== undefined) {
    scanner.at += word.length;
    return ops[negated ? 1 : 0];
  }
  if (negated) return stop(scanner, "in or has behind not");
  return stop(scanner, "one of = != < <= > >= in has behind the path", start);
}

/** The other path, behind its `@`, and what stands in for it. */
function parseOther(scanner: Scanner, op: ComparisonOp): Comparison["to"] {
  const path = parsePath(scanner);
  return take(scanner, "??") ? { path, default: parseConstant(scanner, op, "any") } : { path };
}

/** A constant. Behind `in` it is a list, which may also stand in parentheses; a stand-in may be `any` value there. */
function parseConstant(scanner: Scanner, op: ComparisonOp, kind?: "any"): unknown {
  if (op !== "$in" && op !== "$nin") return parseValue(scanner);
  if (take(scanner, "(")) return parseList(scanner, ")", 1);
  if (kind !== "any" && scanner.text[scanner.at] !== "[")
    return stop(scanner, "a list such as [a, b], or @ and a path");
  return parseValue(scanner);
}
