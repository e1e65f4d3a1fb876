import type { Path } from "../path/path.ts";
import type { Test } from "./kleene.ts";
import type { Operand } from "./operand.ts";
import type { RelationOp } from "./relation.ts";

/** What joins ops. */
export type LogicOp = "$and" | "$or" | "$nor";

/** The right-hand side as the query gave it. */
type Target =
  | { readonly kind: "constant"; readonly operand: Operand }
  | { readonly kind: "path"; readonly path: Path; readonly fallback: Operand | null };

/** One comparison, compiled. */
export interface CompareNode {
  readonly kind: "compare";
  /** JSON Pointer into the query. */
  readonly at: string;
  readonly op: RelationOp | "$exists";
  readonly path: Path;
  readonly target: Target;
  readonly test: Test;
}

/** Ops joined by logic, compiled. */
export interface LogicNode {
  readonly kind: "logic";
  /** JSON Pointer into the query. */
  readonly at: string;
  readonly op: LogicOp;
  readonly nodes: readonly OpNode[];
  readonly test: Test;
}

/** One op of a query. */
export type OpNode = CompareNode | LogicNode;
