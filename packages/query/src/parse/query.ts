import type { Plan } from "../choose/plan.ts";
import type { Test } from "../compile/kleene.ts";
import { type Conjunct, createConjuncts } from "../compile/lookup.ts";
import type { OpNode } from "../compile/node.ts";
import { createProbes } from "../ring/probes.ts";
import { canonicalNumber } from "../value/canonical.ts";
import { isPlainMap, nameValue } from "../value/value.ts";
import { own } from "./constant.ts";
import { fail, type ParseContext, type QueryFault } from "./fault.ts";
import { parseOp } from "./op.ts";
import { parseSelector, type Selector } from "./selector.ts";

/** A query, checked and compiled; good for any number of uses. Made by {@link parseQuery}. */
export interface Query {
  /** One application; `null` for every one. */
  readonly application: string | null;
  /** Members must have registered all of these; empty where none are asked for. */
  readonly tags: readonly string[];
  readonly ops: readonly OpNode[];
  /** Members are of this namespace, whatever else; `null` for any. Set by {@link narrowToNamespace}. */
  readonly namespace: string | null;
  /** Whether restricted members may be chosen too. */
  readonly restricted: boolean;
  /** Whether to choose as if there were no ops and no selector where nothing matches. */
  readonly optional: boolean;
  /** Whether the sender wants silence where nothing can be chosen. The engine itself ignores it. */
  readonly droppable: boolean;
  /** The same key goes to the same member while the matching set stands. */
  readonly key: string | null;
  readonly selector: Selector | null;
  /** `ops` with `$and` taken apart, and the namespace. */
  readonly conjuncts: readonly Conjunct[];
  /** The tests of `conjuncts`, in their order. */
  readonly tests: readonly Test[];
  /** Where `key` probes the ring. */
  readonly probes: Uint32Array | null;
  /** This query without ops and selector, for where it is optional and has some; else `null`. */
  readonly relaxed: Query | null;
  /** The engine's own: how this query was last answered. */
  plan: Plan | null;
}

/** What {@link parseQuery} answers. */
export type QueryResult = { readonly ok: true; readonly query: Query } | QueryFault;

/**
 * Checks and compiles a query as a client sent it. Decoders must hand whole numbers beyond ±(2^53−1) over as
 * `bigint`, else they lost digits already. An empty list of tags asks for nothing, so every member qualifies.
 * Takes the value over: do not change it afterwards. Never throws.
 */
export function parseQuery(value: unknown): QueryResult {
  const context: ParseContext = { fault: null, opCount: 0 };
  const query = parse(context, value);
  return query === null ? context.fault! : { ok: true, query };
}

function parse(context: ParseContext, value: unknown): Query | null {
  if (!isPlainMap(value)) return fail(context, "query/not-a-map", "", `expected a map, got ${nameValue(value)}`);
  const scope = parseApplication(context, own(value, "application") ?? null);
  if (scope === null) return null;
  const ops = parseOps(context, own(value, "ops") ?? null);
  if (ops === null) return null;
  const selector = parseSelector(context, own(value, "selector"));
  if (selector === null) return null;
  const key = parseKey(context, own(value, "key") ?? null);
  if (key === undefined) return null;
  const optional = parseFlag(own(value, "optional"));
  const bare: Query = {
    ...scope,
    ops: [],
    namespace: null,
    restricted: parseFlag(own(value, "restricted")),
    optional,
    droppable: parseFlag(own(value, "droppable")),
    key,
    selector: null,
    conjuncts: [],
    tests: [],
    probes: key === null ? null : createProbes(key),
    relaxed: null,
    plan: null,
  };
  if (ops.length === 0 && selector === undefined) return bare;
  const conjuncts = createConjuncts(ops);
  const tests = conjuncts.map((conjunct) => conjunct.node.test);
  return { ...bare, ops, selector: selector ?? null, conjuncts, tests, relaxed: optional ? bare : null };
}

/**
 * The same query, of which members of one namespace alone are ever kept, where it is `optional` and nobody else matches
 * too; to it the others do not exist.
 */
export function narrowToNamespace(query: Query, namespace: string): Query {
  const context: ParseContext = { fault: null, opCount: 0 };
  const within = parseOp(context, "", { path: "/namespace", op: "$eq", to: { value: namespace } }, null, 0)!;
  const narrow = (one: Query): Query => {
    const conjuncts = createConjuncts([...within, ...one.ops]);
    const tests = conjuncts.map((conjunct) => conjunct.node.test);
    const relaxed = one.relaxed === null ? null : narrow(one.relaxed);
    return { ...one, namespace, conjuncts, tests, relaxed, plan: null };
  };
  return narrow(query);
}

function parseApplication(context: ParseContext, value: unknown): Pick<Query, "application" | "tags"> | null {
  if (value === null) return { application: null, tags: [] };
  if (typeof value === "string") return { application: value, tags: [] };
  if (!Array.isArray(value)) {
    const message = `expected an application id or a list of tags, got ${nameValue(value)}`;
    return fail(context, "query/bad-application", "/application", message);
  }
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] === "string") continue;
    return fail(context, "query/bad-application", `/application/${i}`, `expected a tag, got ${nameValue(value[i])}`);
  }
  return { application: null, tags: [...new Set(value as string[])] };
}

function parseOps(context: ParseContext, value: unknown): OpNode[] | null {
  if (value === null) return [];
  if (!Array.isArray(value)) {
    return fail(context, "query/bad-ops", "/ops", `expected a list of ops, got ${nameValue(value)}`);
  }
  const nodes: OpNode[] = [];
  for (let i = 0; i < value.length; i++) {
    const item = parseOp(context, `/ops/${i}`, value[i], null, 0);
    if (item === null) return null;
    nodes.push(...item);
  }
  return nodes;
}

function parseFlag(value: unknown): boolean {
  return value === true || value === "true";
}

/** Text as it is, a number as its text, `null` for none; `undefined` after recording a fault. */
function parseKey(context: ParseContext, value: unknown): string | null | undefined {
  if (value === null || typeof value === "string") return value;
  const number = typeof value === "number" || typeof value === "bigint" ? canonicalNumber(value) : undefined;
  if (number !== undefined) return String(number);
  fail(context, "query/bad-key", "/key", `expected text or a number, got ${nameValue(value)}`);
  return undefined;
}
