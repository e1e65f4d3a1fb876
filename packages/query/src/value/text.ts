import { isMap, type Value } from "./value.ts";

/** What a value is filed under in an index; `===` (and so a `Map`) tells equal values apart from unequal ones. */
export type IndexKey = null | boolean | number | bigint | string;

/**
 * The canonical text of a canonical value: two values are equal exactly when their texts are. Map keys are
 * sorted by UTF-16 code unit. Good as a cache key for queries also; not meant to be read back.
 */
export function canonicalText(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isMap(value))
    return `<${Array.from(value as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("")}>`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key]!)}`).join(",")}}`;
}

/** Files a value that is no version. Scalars file under themselves, structures under a marked canonical text. */
export function indexKey(value: Value): IndexKey {
  if (typeof value === "string") return value.charCodeAt(0) === 0 ? `\u0000t${value}` : value;
  if (typeof value !== "object" || value === null) return value;
  return `\u0000s${canonicalText(value)}`;
}

/** Files a version by its precedence, apart from any text. */
export function versionIndexKey(precedence: string): IndexKey {
  return `\u0000v${precedence}`;
}
