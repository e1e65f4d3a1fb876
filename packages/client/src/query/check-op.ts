import { escapeSegment, isPlainMap, nameValue } from "../value/describe.ts";
import { checkInt64 } from "../value/exact.ts";
import { makePortable } from "../value/portable.ts";
import { checkPath, invalidQuery } from "./pointer.ts";
import type { Comparison, ComparisonOp, Logic, LogicOp, Op } from "./query.ts";

/** As on the server: logic may be nested this deep, and a query has this many ops in all. */
const maxLogicDepth = 32;
const maxOps = 256;

/** Whether what is compared with must be of some type. */
const comparisons: { readonly [op in ComparisonOp]: "anything" | "list" | "boolean" } = {
  $eq: "anything",
  $ne: "anything",
  $gt: "anything",
  $gte: "anything",
  $lt: "anything",
  $lte: "anything",
  $in: "list",
  $nin: "list",
  $contains: "anything",
  $ncontains: "anything",
  $exists: "boolean",
};

const logic: { readonly [op in LogicOp]: true } = { $and: true, $or: true, $nor: true };

/** How many ops a query has so far. */
export interface OpCount {
  ops: number;
}

/**
 * Checks an op as the server would, and copies it: what comes back is the plain op, which nobody else can change.
 * @param at where it stands in the query, as a JSON Pointer
 * @throws `client/invalid-query`, and `client/invalid-value` for what it compares with; each names the place
 */
export function checkOp(op: unknown, at: string, count: OpCount, depth = 0): Op {
  if (!isPlainMap(op)) {
    throw invalidQuery(at, `expected an op such as {path, op, to}, got ${nameValue(op)}`);
  }
  const name = op.op;
  if (typeof name !== "string" || !(Object.hasOwn(comparisons, name) || Object.hasOwn(logic, name))) {
    throw invalidQuery(`${at}/op`, `expected an operator such as "$eq", got ${nameValue(name)}`);
  }
  count.ops++;
  if (count.ops > maxOps) throw invalidQuery(at, `expected at most ${maxOps} ops in all, got more`);
  return Object.hasOwn(logic, name)
    ? checkLogic(name as LogicOp, op.with, at, count, depth)
    : checkComparison(name as ComparisonOp, op.path, op.to, at);
}

function checkLogic(op: LogicOp, list: unknown, at: string, count: OpCount, depth: number): Logic {
  if (depth >= maxLogicDepth) throw invalidQuery(at, `expected logic at most ${maxLogicDepth} deep, got more`);
  if (!Array.isArray(list) || list.length === 0) {
    const got = Array.isArray(list) ? "an empty list" : nameValue(list);
    throw invalidQuery(`${at}/with`, `expected a non-empty list of ops for ${op}, got ${got}`);
  }
  const items = list.map((item, i) => checkOp(item, `${at}/with/${i}`, count, depth + 1));
  return Object.freeze({ op, with: Object.freeze(items) });
}

function checkComparison(op: ComparisonOp, path: unknown, to: unknown, at: string): Comparison {
  return Object.freeze({
    path: checkPath(path, `${at}/path`),
    op,
    to: Object.freeze(checkOther(op, to, `${at}/to`)),
  });
}

function checkOther(op: ComparisonOp, to: unknown, at: string): Comparison["to"] {
  const wanted = comparisons[op];
  if (!isPlainMap(to)) throw invalidQuery(at, `expected {value} or {path, default?}, got ${nameValue(to)}`);
  const path = to.path ?? null;
  if (path !== null) {
    if (wanted === "boolean") throw invalidQuery(at, `expected {value: true} or {value: false} for ${op}, got a path`);
    const other = checkPath(path, `${at}/path`);
    return to.default === undefined
      ? { path: other }
      : { path: other, default: copyConstant(to.default, at, "default") };
  }
  if (to.value === undefined) {
    throw invalidQuery(at, "expected {value} or {path, default?}, got neither value nor path");
  }
  const value = copyConstant(to.value, at, "value");
  if (wanted === "list" && !Array.isArray(value)) {
    throw invalidQuery(`${at}/value`, `expected a list for ${op}, got ${nameValue(value)}`);
  }
  if (wanted === "boolean" && typeof value !== "boolean") {
    throw invalidQuery(`${at}/value`, `expected true or false for ${op}, got ${nameValue(value)}`);
  }
  return { value };
}

function copyConstant(value: unknown, at: string, field: string): unknown {
  return makePortable(value, `${at}/${escapeSegment(field)}`, checkInt64);
}
