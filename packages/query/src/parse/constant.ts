import { canonicalise, type FaultSlot } from "../value/canonical.ts";
import type { Value } from "../value/value.ts";
import { fail, type ParseContext } from "./fault.ts";

/** Reads a constant of a query. `undefined` after recording a fault, since `null` is a constant. */
export function parseConstant(context: ParseContext, at: string, value: unknown): Value | undefined {
  const slot: FaultSlot = { fault: null };
  const constant = canonicalise(value, slot, at);
  if (constant !== undefined) return constant;
  const { problem, at: where, message } = slot.fault!;
  const code =
    problem === "integer-range" ? "query/integer-range" : problem === "depth" ? "query/too-deep" : "query/bad-value";
  fail(context, code, where, message);
  return undefined;
}

/** The own value under a key, `undefined` where there is none. Nothing inherited ever counts. */
export function own(map: { readonly [key: string]: unknown }, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
