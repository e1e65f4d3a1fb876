import { formatKeyPath, type Path, parsePath } from "../path/path.ts";
import { escapeSegment } from "../value/canonical.ts";
import { isPlainMap, nameValue, quote } from "../value/value.ts";
import { parseQueryPath } from "./comparison.ts";
import { fail, type ParseContext } from "./fault.ts";

/** What a selector keeps: the lowest, the highest, or the number closest to the mean. */
type SelectorOp = "$min" | "$max" | "$avg";

/** Keeps the best of what matched. */
export interface Selector {
  readonly op: SelectorOp;
  readonly path: Path;
}

/** Reads the selector. `undefined` where the query has none, `null` after recording a fault. */
export function parseSelector(context: ParseContext, value: unknown): Selector | null | undefined {
  if (value === undefined || value === null) return undefined;
  const at = "/selector";
  if (!isPlainMap(value)) {
    return fail(context, "query/bad-selector", at, `expected {"$min": path}, got ${nameValue(value)}`);
  }
  const ops = Object.keys(value);
  if (ops.length === 0) return undefined;
  if (ops.length > 1) {
    return fail(context, "query/bad-selector", at, `expected one selector, got ${ops.length}`);
  }
  const op = ops[0]!;
  const opAt = `${at}/${escapeSegment(op)}`;
  if (op !== "$min" && op !== "$max" && op !== "$avg") {
    return fail(context, "query/unknown-selector", opAt, `expected $min, $max or $avg, got ${quote(op)}`);
  }
  const operand = value[op];
  const isKey = typeof operand === "string" && operand !== "" && !operand.startsWith("/");
  const path = isKey ? (parsePath(formatKeyPath(operand)) as Path) : parseQueryPath(context, opAt, operand);
  return path === null ? null : { op, path };
}
