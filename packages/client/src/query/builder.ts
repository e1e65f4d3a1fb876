import type { Application } from "../contract/application.ts";
import type { Contract, IsOpen, Undeclared } from "../contract/contract.ts";
import type { NumberPathOf, OrderedPathOf } from "../contract/paths.ts";
import { nameValue } from "../value/describe.ts";
import { checkInt64, checkNumber } from "../value/exact.ts";
import { checkOp } from "./check-op.ts";
import type { Condition } from "./condition.ts";
import { type PathMaker, path } from "./path.ts";
import { checkPath, invalidQuery } from "./pointer.ts";
import type { BuiltQuery, Op, Query } from "./query.ts";

/** A condition, or what makes one of paths. Of applications that declared nothing, plain ops will do. */
export type Where<M> =
  IsOpen<M> extends true ? Op | ((path: PathMaker<M>) => Op) : Condition<M> | ((path: PathMaker<M>) => Condition<M>);

/**
 * A query in the making; made by `query`. It never changes: every call returns another one. Pass it to whatever sends
 * or asks, as it is.
 */
export interface QueryBuilder<C extends Contract = Undeclared> extends BuiltQuery<C> {
  /**
   * Adds conditions, all of which must hold beside those that are there.
   * @throws `client/invalid-query` for what the server would refuse; `client/invalid-value` for constants that cannot
   * travel. Both name the place as a JSON Pointer into the query.
   */
  where(...conditions: readonly Where<C["metadata"]>[]): QueryBuilder<C>;
  /**
   * Keeps those with the lowest value at the path: numbers, else versions, else text, whichever is there first.
   * @throws `client/invalid-query` where there is a selector already
   */
  min(path: OrderedPathOf<C["metadata"]>): QueryBuilder<C>;
  /** Keeps those with the highest value; else as `min`. */
  max(path: OrderedPathOf<C["metadata"]>): QueryBuilder<C>;
  /** Keeps those whose number is closest to the mean; else as `min`. */
  avg(path: NumberPathOf<C["metadata"]>): QueryBuilder<C>;
  /** Sends the same key to the same client while the matching set stands. The last key counts. */
  key(key: string | number | bigint): QueryBuilder<C>;
  /** Where nothing matches, chooses as if there were no conditions and no selector. @default true */
  optional(on?: boolean): QueryBuilder<C>;
  /** Where nothing can be chosen, drops the message silently. @default true */
  droppable(on?: boolean): QueryBuilder<C>;
  /** Lets clients in restricted mode be chosen too. @default true */
  restricted(on?: boolean): QueryBuilder<C>;
}

/**
 * A query for one application (its id or its declaration), for everyone with all of these tags, or for everyone.
 *
 * ```ts
 * query("api").where(path("/latency").lte(100), or(path("/region").eq("eu"), path("/tier").exists(false))).min("/load")
 * query(["edge", "asia"]);
 * query(gateway).where((path) => path("/latency").lte(100)); // declared: paths and operators are typed
 * ```
 *
 * @throws `client/invalid-query` where the application is neither text nor a list of text
 */
export function query<C extends Contract>(application: Application<C>): QueryBuilder<C>;
export function query(application?: string | readonly string[]): QueryBuilder;
export function query(application?: string | readonly string[] | Application<Contract>): QueryBuilder<Contract> {
  if (application === undefined) return createBuilder({ ops: [] }, null, 0);
  if (isDeclared(application)) return createBuilder({ application: application.id, ops: [] }, application, 0);
  return createBuilder({ application: checkApplication(application), ops: [] }, null, 0);
}

function createBuilder(
  plain: Query & { readonly ops: readonly Op[] },
  declared: Application<Contract> | null,
  opCount: number,
): QueryBuilder<Contract> {
  Object.freeze(plain);
  const but = (change: Pick<Query, "key" | "selector">) => createBuilder({ ...plain, ...change }, declared, opCount);
  const select = (op: "$min" | "$max" | "$avg") => (by: string) => {
    if (plain.selector !== undefined)
      throw invalidQuery("/selector", `expected one selector, got ${op} beside another`);
    return but({
      selector: Object.freeze({ [op]: checkPath(by, `/selector/${op}`) }) as NonNullable<Query["selector"]>,
    });
  };
  const flag =
    (name: "optional" | "droppable" | "restricted") =>
    (on = true) => {
      const { [name]: _, ...rest } = plain;
      return createBuilder(on ? { ...plain, [name]: true } : rest, declared, opCount);
    };
  return Object.freeze<QueryBuilder<Contract>>({
    declared,
    where: (...conditions) => {
      const count = { ops: opCount };
      const added = conditions.map((condition, i) =>
        checkOp(
          typeof condition === "function" ? condition(path as never) : condition,
          `/ops/${plain.ops.length + i}`,
          count,
        ),
      );
      return createBuilder({ ...plain, ops: Object.freeze([...plain.ops, ...added]) }, declared, count.ops);
    },
    min: select("$min"),
    max: select("$max"),
    avg: select("$avg"),
    key: (key) => but({ key: checkKey(key) }),
    optional: flag("optional"),
    droppable: flag("droppable"),
    restricted: flag("restricted"),
    build: () => plain,
  });
}

function isDeclared(
  application: string | readonly string[] | Application<Contract>,
): application is Application<Contract> {
  return typeof application === "object" && application !== null && "id" in application;
}

function checkApplication(application: string | readonly string[]): string | readonly string[] {
  if (typeof application === "string" && application !== "") return application;
  if (!Array.isArray(application)) {
    const got = application === "" ? "an empty text" : nameValue(application);
    throw invalidQuery("/application", `expected an application id or a list of tags, got ${got}`);
  }
  for (const [i, tag] of application.entries()) {
    if (typeof tag !== "string") throw invalidQuery(`/application/${i}`, `expected a tag, got ${nameValue(tag)}`);
  }
  return Object.freeze([...application]);
}

function checkKey(key: unknown): string | number | bigint {
  if (typeof key === "string") return key;
  if (typeof key === "bigint") checkInt64(key, "/key");
  if (typeof key === "number") checkNumber(key, "/key");
  if (typeof key === "number" || typeof key === "bigint") return key;
  throw invalidQuery("/key", `expected text or a number, got ${nameValue(key)}`);
}
