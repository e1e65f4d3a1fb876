import { type IndexKey, indexKey } from "../value/text.ts";
import type { Value } from "../value/value.ts";
import { parsePrecedence } from "../value/version.ts";

/** The right-hand side of a comparison, with what comparing against it needs worked out beforehand. */
export interface Operand {
  readonly value: Value;
  /** Its precedence if it is text that reads as a version, for members whose left side is one. */
  readonly precedence: string | null;
  /** For `$in` and `$nin`: the keys of its items, as `indexKey` files them; `null` where it is no list. */
  readonly items: ReadonlySet<IndexKey> | null;
  /** Whether any of its items is a list, a map or bytes: else a left side that is one need not be looked up. */
  readonly hasStructures: boolean;
  /** For `$in` and `$nin`: the precedences of its items that read as versions. */
  readonly versions: ReadonlySet<string> | null;
}

/** Prepares a right-hand side. `asSet` for `$in` and `$nin`, which look into it. */
export function createOperand(value: Value, asSet: boolean): Operand {
  const precedence = typeof value === "string" ? parsePrecedence(value) : null;
  if (!asSet || !Array.isArray(value)) return { value, precedence, items: null, hasStructures: false, versions: null };
  const list = value as readonly Value[];
  const items = new Set(list.map(indexKey));
  const versions = new Set<string>();
  for (const item of list) {
    const version = typeof item === "string" ? parsePrecedence(item) : null;
    if (version !== null) versions.add(version);
  }
  const hasStructures = list.some((item) => typeof item === "object" && item !== null);
  return { value, precedence, items, hasStructures, versions };
}
