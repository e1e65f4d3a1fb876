import type { Application } from "../contract/application.ts";
import type { Contract, Undeclared } from "../contract/contract.ts";

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

/** One condition. */
export type Op = Comparison | Logic;

/** Keeps only the best of what matched. */
export type Selector = { readonly $min: string } | { readonly $max: string } | { readonly $avg: string };

/** A routing query as it travels (docs/protocol/query.md). */
export interface Query {
  /** An application id, or tags that all must be there; absent is every application. */
  readonly application?: string | readonly string[] | undefined;
  /** All must hold; absent or empty matches everyone. */
  readonly ops?: readonly Op[] | undefined;
  /** Whether clients in restricted mode may be chosen too. @default false */
  readonly restricted?: boolean | undefined;
  /** Where nothing matches, choose as if there were no ops and no selector. @default false */
  readonly optional?: boolean | undefined;
  /** Where nothing can be chosen, drop silently instead of an error. @default false */
  readonly droppable?: boolean | undefined;
  /** The same key goes to the same client while the matching set stands. */
  readonly key?: string | number | bigint | undefined;
  readonly selector?: Selector | undefined;
}

/** A query that was built: what `query()` makes, as far as sending needs it. */
export interface BuiltQuery<C extends Contract> {
  /** The application that it was built for, where that was declared. */
  readonly declared: Application<C> | null;
  /** The plain query. */
  build(): Query;
}

/** Who a message is for: an application (its id or its declaration: anyone of it), a plain query, or one that was built. */
export type Target<C extends Contract = Undeclared> = string | Application<C> | Query | BuiltQuery<C>;
