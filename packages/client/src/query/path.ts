import type { Application } from "../contract/application.ts";
import type { Contract, IsOpen } from "../contract/contract.ts";
import type { PathOf, ValueAt } from "../contract/paths.ts";
import { checkOp } from "./check-op.ts";
import type { AnyMetadata, Condition, Path, Reference } from "./condition.ts";
import { checkPath } from "./pointer.ts";
import type { Comparison, ComparisonOp } from "./query.ts";

/** Makes paths into metadata `M`. */
export type PathMaker<M> = <P extends PathOf<M>>(pointer: P) => Path<ValueAt<M, P>, Subject<M>>;

/** Whom conditions are about: metadata `M`, where it was declared. */
export type Subject<M> = IsOpen<M> extends true ? AnyMetadata : M;

/** Where references keep what `to` is to hold; also known to other copies of this package. */
const target: unique symbol = /* @__PURE__ */ Symbol.for("@singyeong/client/reference") as never;

/**
 * A path into metadata, as a JSON Pointer: `path("/latency").lte(100)`, `path("/limits/cpu")`, `path("/guilds/0")`. Of
 * segments that vary, `pointer` makes one. Nothing is known about the value: paths of a declared application come from
 * `pathsOf`, or as the argument of a function in `where`.
 * @throws `client/invalid-query` where it is no JSON Pointer; the comparisons, `client/invalid-value` for constants that
 * cannot travel
 */
// biome-ignore lint/suspicious/noExplicitAny: nothing is known about the value.
export const path: PathMaker<any> = (pointer) => createPath(pointer) as never;

/**
 * Makes typed paths for conditions that are written apart from the query:
 *
 * ```ts
 * const path = pathsOf(gateway);
 * const nearby = path("/latency").lte(100);
 * await client.send(query(gateway).where(nearby), payload);
 * ```
 */
export function pathsOf<C extends Contract>(_application: Application<C>): PathMaker<C["metadata"]> {
  return path as never;
}

function createPath(pointer: string) {
  const at = checkPath(pointer, "");
  const compare = (op: ComparisonOp) => (to: unknown) => createComparison(at, op, to);
  return Object.freeze({
    [target]: Object.freeze({ path: at }),
    eq: compare("$eq"),
    ne: compare("$ne"),
    gt: compare("$gt"),
    gte: compare("$gte"),
    lt: compare("$lt"),
    lte: compare("$lte"),
    in: compare("$in"),
    nin: compare("$nin"),
    contains: compare("$contains"),
    ncontains: compare("$ncontains"),
    exists: (present: boolean = true) => createComparison(at, "$exists", present),
    withDefault: (value: unknown) => ({ [target]: { path: at, default: value } }),
  });
}

function createComparison(path: string, op: ComparisonOp, other: unknown): Condition {
  const to = isReference(other) ? other[target] : { value: other };
  return checkOp({ path, op, to }, "", { ops: 0 }) as Condition;
}

function isReference(value: unknown): value is Reference<unknown, unknown> & { readonly [target]: Comparison["to"] } {
  return typeof value === "object" && value !== null && Object.hasOwn(value, target);
}
