import type { Path } from "../path/path.ts";
import { type IndexKey, indexKey, versionIndexKey } from "../value/text.ts";
import type { CompareNode, OpNode } from "./node.ts";
import type { Operand } from "./operand.ts";
import { isNumber } from "./relation.ts";

/** What an ordered index keeps apart: numbers, versions (by precedence), strings. Also the order of selectors. */
export type OrderKind = 0 | 1 | 2;
export const NUMBER_KIND = 0;
export const VERSION_KIND = 1;
export const STRING_KIND = 2;

/** What an ordered index orders by. */
export type OrderKey = number | bigint | string;

/** An interval of one kind; an open end is `null`. */
export interface KeyRange {
  readonly low: OrderKey | null;
  readonly lowInclusive: boolean;
  readonly high: OrderKey | null;
  readonly highInclusive: boolean;
}

/** How an index can answer a conjunct: exactly the members for which it is true. */
export type Lookup =
  | { readonly kind: "hash" | "contains"; readonly path: Path; readonly keys: readonly IndexKey[] }
  | { readonly kind: "ordered"; readonly path: Path; readonly ranges: readonly (KeyRange | null)[] };

/** The kinds of index. */
export type LookupKind = Lookup["kind"];

/** One op that must hold; `$and` at the top is taken apart into its own. */
export interface Conjunct {
  readonly node: OpNode;
  readonly lookup: Lookup | null;
}

/** Takes ops that must all hold apart into conjuncts: a nested `$and` is true exactly when all within are. */
export function createConjuncts(nodes: readonly OpNode[]): Conjunct[] {
  return nodes.flatMap((node): Conjunct[] => {
    if (node.kind === "compare") return [{ node, lookup: createLookup(node) }];
    return node.op === "$and" ? createConjuncts(node.nodes) : [{ node, lookup: null }];
  });
}

function createLookup(node: CompareNode): Lookup | null {
  if (node.target.kind !== "constant") return null;
  const { operand } = node.target;
  const path = node.path;
  switch (node.op) {
    case "$eq": {
      const keys = [indexKey(operand.value)];
      if (path.topLevel && operand.precedence !== null) keys.push(versionIndexKey(operand.precedence));
      return { kind: "hash", path, keys };
    }
    case "$in": {
      const keys = [...operand.items!];
      if (path.topLevel) for (const version of operand.versions!) keys.push(versionIndexKey(version));
      return { kind: "hash", path, keys };
    }
    case "$contains":
      return { kind: "contains", path, keys: [indexKey(operand.value)] };
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return { kind: "ordered", path, ranges: createRanges(node.op, path, operand) };
    default:
      return null;
  }
}

function createRanges(op: "$gt" | "$gte" | "$lt" | "$lte", path: Path, operand: Operand): (KeyRange | null)[] {
  const { value, precedence } = operand;
  const range = (key: OrderKey): KeyRange =>
    op === "$gt" || op === "$gte"
      ? { low: key, lowInclusive: op === "$gte", high: null, highInclusive: false }
      : { low: null, lowInclusive: false, high: key, highInclusive: op === "$lte" };
  return [
    isNumber(value) ? range(value) : null,
    path.topLevel && precedence !== null ? range(precedence) : null,
    typeof value === "string" ? range(value) : null,
  ];
}

/** The ranges that satisfy both, kind by kind. */
export function intersectRanges(a: readonly (KeyRange | null)[], b: readonly (KeyRange | null)[]): (KeyRange | null)[] {
  return a.map((range, kind) => {
    const other = b[kind];
    if (range === null || other === null || other === undefined) return null;
    const low = tighterLow(range, other);
    const high = tighterHigh(range, other);
    return { low: low.low, lowInclusive: low.lowInclusive, high: high.high, highInclusive: high.highInclusive };
  });
}

function tighterLow(a: KeyRange, b: KeyRange): KeyRange {
  if (a.low === null) return b;
  if (b.low === null) return a;
  if (a.low === b.low) return a.lowInclusive ? b : a;
  return a.low > b.low ? a : b;
}

function tighterHigh(a: KeyRange, b: KeyRange): KeyRange {
  if (a.high === null) return b;
  if (b.high === null) return a;
  if (a.high === b.high) return a.highInclusive ? b : a;
  return a.high < b.high ? a : b;
}
