/** Ops that compare the value at a path (docs/protocol/query.md). */
export type ComparisonOp =
  | "$eq"
  | "$ne"
  | "$gt"
  | "$gte"
  | "$lt"
  | "$lte"
  | "$in"
  | "$nin"
  | "$contains"
  | "$ncontains"
  | "$exists";

/** Ops that join others. */
export type LogicOp = "$and" | "$or" | "$nor";

/** Compares the value at `path` with a constant, or with another path of the same client. */
export interface Comparison {
  /** JSON Pointer: `/region`, `/limits/cpu`, `/guilds/0`; `~1` stands for `/` and `~0` for `~`. */
  readonly path: string;
  readonly op: ComparisonOp;
  readonly to: { readonly value: unknown } | { readonly path: string; readonly default?: unknown };
}

/** Joins ops. */
export interface Logic {
  readonly op: LogicOp;
  /** Not empty. */
  readonly with: readonly Op[];
}

/** One condition of a query. */
export type Op = Comparison | Logic;
