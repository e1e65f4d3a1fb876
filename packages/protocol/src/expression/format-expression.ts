import { formatKey, formatValue, refuse } from "./format-value.ts";
import { MAX_LOGIC_DEPTH, MAX_OPS, MAX_TEXT_LENGTH } from "./limits.ts";
import type { Comparison, ComparisonOp, LogicOp, Op } from "./op.ts";
import { RESERVED_WORDS } from "./parse-path.ts";
import { parsePointer } from "./path.ts";
import { isPlainMap } from "./plain-map.ts";
import { isLiteral } from "./word.ts";

const OPERATORS: Readonly<Record<Exclude<ComparisonOp, "$exists">, string>> = {
  $eq: "=",
  $ne: "!=",
  $gt: ">",
  $gte: ">=",
  $lt: "<",
  $lte: "<=",
  $in: "in",
  $nin: "not in",
  $contains: "has",
  $ncontains: "not has",
};

/** How logic is written: around its ops and between them, and as a call where it has only one. */
const LOGIC: Readonly<Record<LogicOp, { open: string; between: string; single: string }>> = {
  $and: { open: "(", between: " && ", single: "all(" },
  $or: { open: "(", between: " || ", single: "any(" },
  $nor: { open: "!(", between: " || ", single: "!(" },
};

/** What has been written so far. */
interface Writing {
  ops: number;
}

/**
 * The inverse of `parseExpression`: text that reads as the same ops. Numbers come back in their one form: whole ones
 * beyond ±(2^53−1) as `bigint`, others as `number`, and −0 as 0.
 * @throws ExpressionError for ops that the query language does not have, in their full form (`{path, op, to}`
 * and `{op, with}`), and for more than an expression may hold
 */
export function formatExpression(ops: readonly Op[]): string {
  if (!Array.isArray(ops)) refuse("ops is a list");
  const text = formatWhole(ops);
  return text.length <= MAX_TEXT_LENGTH ? text : refuse(`an expression has at most ${MAX_TEXT_LENGTH} characters`);
}

function formatWhole(ops: readonly Op[]): string {
  const writing: Writing = { ops: 0 };
  const [only] = ops;
  const texts = ops.map((op) => formatOp(writing, op, 0));
  const isDisjunction = ops.length === 1 && only!.op === "$or" && only!.with.length > 1;
  return isDisjunction ? texts[0]!.slice(1, -1) : texts.join(" && ");
}

function formatOp(writing: Writing, op: Op, depth: number): string {
  if (++writing.ops > MAX_OPS) return refuse(`a query has at most ${MAX_OPS} ops`);
  if (!isPlainMap(op)) return refuse("an op is a map such as {path, op, to}");
  return isLogic(op) ? formatLogic(writing, op.op, op.with, depth) : formatComparison(op as Comparison);
}

function isLogic(op: Op): op is Extract<Op, { op: LogicOp }> {
  return Object.hasOwn(LOGIC, op.op);
}

function formatLogic(writing: Writing, op: LogicOp, nodes: readonly Op[], depth: number): string {
  if (depth >= MAX_LOGIC_DEPTH) return refuse(`logic is nested at most ${MAX_LOGIC_DEPTH} deep`);
  if (!Array.isArray(nodes) || nodes.length === 0) return refuse(`${op} joins a list of ops that is not empty`);
  const { open, between, single } = LOGIC[op];
  const texts = nodes.map((node) => formatOp(writing, node, depth + 1));
  return `${texts.length === 1 ? single : open}${texts.join(between)})`;
}

function formatComparison({ path, op, to }: Comparison): string {
  if (!isPlainMap(to)) return refuse("to is {value} or {path, default?}");
  const left = formatPath(path);
  if (op === "$exists") return `${existence(to)} ${left}`;
  if (!Object.hasOwn(OPERATORS, op)) return refuse(`there is no operator ${JSON.stringify(op)}`);
  return `${left} ${OPERATORS[op]} ${formatOperand(op, to)}`;
}

function existence(to: Comparison["to"]): string {
  const value = "path" in to ? undefined : to.value;
  return typeof value === "boolean" ? (value ? "exists" : "!exists") : refuse("$exists takes true or false");
}

function formatOperand(op: ComparisonOp, to: Comparison["to"]): string {
  if ("path" in to && to.path !== null) {
    const other = `@${formatPath(to.path)}`;
    return to.default === undefined ? other : `${other} ?? ${formatValue(to.default)}`;
  }
  const { value } = to as { readonly value: unknown };
  if ((op === "$in" || op === "$nin") && !Array.isArray(value)) return refuse(`${op} takes a list or a path`);
  return formatValue(value);
}

/** Writes a path with points; keys are in quotes where they could be taken for something else. */
function formatPath(pointer: string): string {
  const segments = typeof pointer === "string" ? parsePointer(pointer) : "a path that is text";
  if (typeof segments === "string") return refuse(`expected ${segments}`);
  const [first, ...rest] = segments;
  const mistakable = RESERVED_WORDS.has(first!.toLowerCase()) || isLiteral(first!);
  return [mistakable ? JSON.stringify(first) : formatKey(first!), ...rest.map(formatKey)].join(".");
}
