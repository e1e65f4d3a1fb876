import { checkOp } from "./check-op.ts";
import type { Condition } from "./condition.ts";
import type { LogicOp, Op } from "./query.ts";

/** Joins conditions. Those of declared applications ask for what all of them know; plain ops for nothing. */
interface Join {
  <M>(...conditions: readonly Condition<M>[]): Condition<M>;
  (...conditions: readonly Op[]): Condition;
}

/** All hold. @throws `client/invalid-query` without any; it is nested more than 32 deep, or has more than 256 ops */
export const and: Join = /* @__PURE__ */ join("$and");

/** At least one holds. @throws as `and` */
export const or: Join = /* @__PURE__ */ join("$or");

/** None holds, and none is about a path that is missing. @throws as `and` */
export const nor: Join = /* @__PURE__ */ join("$nor");

function join(op: LogicOp): Join {
  return (...conditions: readonly Op[]) => checkOp({ op, with: conditions }, "", { ops: 0 }) as never;
}
