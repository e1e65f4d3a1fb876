import { compileAnd, compileNor, compileOr, type Test } from "../compile/kleene.ts";
import type { LogicNode, LogicOp, OpNode } from "../compile/node.ts";
import { isRelationOp } from "../compile/relation.ts";
import { formatKeyPath, type Path, parsePath } from "../path/path.ts";
import { escapeSegment } from "../value/canonical.ts";
import { isPlainMap, nameValue, quote } from "../value/value.ts";
import { parseComparison, parseConstantComparison } from "./comparison.ts";
import { own } from "./constant.ts";
import { fail, type ParseContext } from "./fault.ts";

/** Logic may be nested this deep. */
export const MAX_LOGIC_DEPTH = 32;

/** Comparisons and logic ops together may be this many. */
export const MAX_OPS = 256;

const LOGIC: { readonly [op in LogicOp]: (tests: readonly Test[]) => Test } = {
  $and: compileAnd,
  $or: compileOr,
  $nor: compileNor,
};

/**
 * Reads one op in either form. It is the full form `{path, op, to}` or `{op, with}` where `op` is there and is no
 * map; else the shorthand, in which `path` is the key around it, `null` outside any. `depth` counts the logic ops
 * around it. Answers the ops that must all hold: more than one only in shorthand.
 */
export function parseOp(
  context: ParseContext,
  at: string,
  value: unknown,
  path: Path | null,
  depth: number,
): OpNode[] | null {
  if (!isPlainMap(value)) {
    return fail(context, "query/bad-op", at, `expected an op such as {path, op, to}, got ${nameValue(value)}`);
  }
  const op = own(value, "op");
  if (op === undefined || isPlainMap(op)) return parseShorthand(context, at, value, path, depth);
  if (typeof op !== "string") {
    return fail(context, "query/unknown-op", `${at}/op`, `expected an operator such as "$eq", got ${nameValue(op)}`);
  }
  if (isLogicOp(op)) {
    const node = parseLogic(context, at, `${at}/with`, op, own(value, "with"), null, depth);
    return node === null ? null : [node];
  }
  if (!isOperator(op)) return failUnknownOp(context, `${at}/op`, op);
  if (!countOp(context, at)) return null;
  const node = parseComparison(context, at, op, value);
  return node === null ? null : [node];
}

function parseShorthand(
  context: ParseContext,
  at: string,
  map: { readonly [key: string]: unknown },
  path: Path | null,
  depth: number,
): OpNode[] | null {
  const keys = Object.keys(map);
  if (keys.length === 0) return fail(context, "query/bad-op", at, "expected an op, got an empty map");
  const nodes: OpNode[] = [];
  for (const key of keys) {
    const inner = `${at}/${escapeSegment(key)}`;
    if (key.startsWith("$")) {
      const node = parseShorthandOperator(context, inner, key, map[key], path, depth);
      if (node === null) return null;
      nodes.push(node);
      continue;
    }
    const operators = map[key];
    if (!isPlainMap(operators) || Object.keys(operators).length === 0) {
      const got = isPlainMap(operators) ? "an empty map" : nameValue(operators);
      return fail(context, "query/bad-op", inner, `expected operators such as {"$eq": value}, got ${got}`);
    }
    const keyPath = parsePath(formatKeyPath(key)) as Path;
    for (const operator of Object.keys(operators)) {
      const deeper = `${inner}/${escapeSegment(operator)}`;
      const node = parseShorthandOperator(context, deeper, operator, operators[operator], keyPath, depth);
      if (node === null) return null;
      nodes.push(node);
    }
  }
  return nodes;
}

function parseShorthandOperator(
  context: ParseContext,
  at: string,
  op: string,
  value: unknown,
  path: Path | null,
  depth: number,
): OpNode | null {
  if (isLogicOp(op)) return parseLogic(context, at, at, op, value, path, depth);
  if (!isOperator(op)) return failUnknownOp(context, at, op);
  if (path === null) return fail(context, "query/bad-path", at, `expected a key around ${op}, got none`);
  if (!countOp(context, at)) return null;
  return parseConstantComparison(context, at, at, op, path, value);
}

function parseLogic(
  context: ParseContext,
  at: string,
  listAt: string,
  op: LogicOp,
  list: unknown,
  path: Path | null,
  depth: number,
): LogicNode | null {
  if (depth >= MAX_LOGIC_DEPTH) {
    return fail(context, "query/too-deep", at, `expected logic at most ${MAX_LOGIC_DEPTH} deep, got more`);
  }
  if (!countOp(context, at)) return null;
  if (!Array.isArray(list) || list.length === 0) {
    const got = Array.isArray(list) ? "an empty list" : nameValue(list);
    return fail(context, "query/bad-with", listAt, `expected a non-empty list of ops for ${op}, got ${got}`);
  }
  const nodes: OpNode[] = [];
  for (let i = 0; i < list.length; i++) {
    const itemAt = `${listAt}/${i}`;
    const item = parseOp(context, itemAt, list[i], path, depth + 1);
    if (item === null) return null;
    nodes.push(item.length === 1 ? item[0]! : joinAll(itemAt, item));
  }
  return { kind: "logic", at, op, nodes, test: LOGIC[op](nodes.map((node) => node.test)) };
}

/** The ops of one shorthand map, all of which must hold, as the one op that their list item stands for. */
function joinAll(at: string, nodes: readonly OpNode[]): LogicNode {
  return { kind: "logic", at, op: "$and", nodes, test: compileAnd(nodes.map((node) => node.test)) };
}

function countOp(context: ParseContext, at: string): boolean {
  context.opCount++;
  if (context.opCount <= MAX_OPS) return true;
  fail(context, "query/too-many-ops", at, `expected at most ${MAX_OPS} ops in all, got more`);
  return false;
}

function isLogicOp(op: string): op is LogicOp {
  return Object.hasOwn(LOGIC, op);
}

function isOperator(op: string): boolean {
  return op === "$exists" || isRelationOp(op);
}

function failUnknownOp(context: ParseContext, at: string, op: string): null {
  return fail(context, "query/unknown-op", at, `expected an operator such as "$eq", got ${quote(op)}`);
}
