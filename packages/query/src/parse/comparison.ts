import { compileConstant, compileExists, compilePathToPath } from "../compile/comparison.ts";
import type { CompareNode } from "../compile/node.ts";
import { createOperand, type Operand } from "../compile/operand.ts";
import { isRelationOp } from "../compile/relation.ts";
import { type Path, parsePath } from "../path/path.ts";
import { isPlainMap, nameValue, quote } from "../value/value.ts";
import { own, parseConstant } from "./constant.ts";
import { fail, type ParseContext } from "./fault.ts";

/** Reads a path of a query. */
export function parseQueryPath(context: ParseContext, at: string, value: unknown): Path | null {
  if (typeof value !== "string") {
    return fail(context, "query/bad-path", at, `expected a path such as "/key", got ${nameValue(value)}`);
  }
  const path = parsePath(value);
  return typeof path === "string" ? fail(context, "query/bad-path", at, `expected ${path}, got ${quote(value)}`) : path;
}

/** Compiles a comparison with a constant that came as `to.value` or in shorthand. `valueAt` is where it stands. */
export function parseConstantComparison(
  context: ParseContext,
  at: string,
  valueAt: string,
  op: string,
  path: Path,
  value: unknown,
): CompareNode | null {
  const constant = parseConstant(context, valueAt, value);
  if (constant === undefined) return null;
  if (op === "$exists") {
    if (typeof constant !== "boolean") {
      return fail(context, "query/bad-value", valueAt, `expected true or false for $exists, got ${nameValue(value)}`);
    }
    const target = { kind: "constant", operand: createOperand(constant, false) } as const;
    return { kind: "compare", at, op, path, target, test: compileExists(path, constant) };
  }
  if (!isRelationOp(op)) return null;
  const asSet = op === "$in" || op === "$nin";
  if (asSet && !Array.isArray(constant)) {
    return fail(context, "query/bad-value", valueAt, `expected a list for ${op}, got ${nameValue(value)}`);
  }
  const operand = createOperand(constant, asSet);
  const target = { kind: "constant", operand } as const;
  return { kind: "compare", at, op, path, target, test: compileConstant(op, path, operand) };
}

/**
 * Compiles `{path, op, to}`. In `to`, a `path` that is there and not null decides, else `value`; so clients that
 * always write all three fields of `to` are understood.
 */
export function parseComparison(
  context: ParseContext,
  at: string,
  op: string,
  node: { readonly [key: string]: unknown },
): CompareNode | null {
  const path = parseQueryPath(context, `${at}/path`, own(node, "path"));
  if (path === null) return null;
  const to = own(node, "to");
  if (!isPlainMap(to)) {
    return fail(context, "query/bad-to", `${at}/to`, `expected {value} or {path, default?}, got ${nameValue(to)}`);
  }
  const otherPath = own(to, "path") ?? null;
  if (otherPath !== null && op === "$exists") {
    return fail(
      context,
      "query/bad-to",
      `${at}/to`,
      "expected {value: true} or {value: false} for $exists, got a path",
    );
  }
  if (otherPath !== null) return parsePathComparison(context, at, op, path, to, otherPath);
  const value = own(to, "value");
  if (value === undefined) {
    return fail(
      context,
      "query/bad-to",
      `${at}/to`,
      "expected {value} or {path, default?}, got neither value nor path",
    );
  }
  return parseConstantComparison(context, at, `${at}/to/value`, op, path, value);
}

function parsePathComparison(
  context: ParseContext,
  at: string,
  op: string,
  path: Path,
  to: { readonly [key: string]: unknown },
  otherPath: unknown,
): CompareNode | null {
  const other = parseQueryPath(context, `${at}/to/path`, otherPath);
  if (other === null || !isRelationOp(op)) return null;
  const standIn = own(to, "default");
  let fallback: Operand | null = null;
  if (standIn !== undefined) {
    const constant = parseConstant(context, `${at}/to/default`, standIn);
    if (constant === undefined) return null;
    fallback = createOperand(constant, op === "$in" || op === "$nin");
  }
  const target = { kind: "path", path: other, fallback } as const;
  return { kind: "compare", at, op, path, target, test: compilePathToPath(op, path, other, fallback) };
}
