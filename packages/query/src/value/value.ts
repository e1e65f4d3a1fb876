/**
 * What metadata and query constants are made of. Numbers are canonical once they passed {@link canonicalise}:
 * whole numbers within ±(2^53−1) are `number`, further ones within signed 64 bits `bigint`, all else `number`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A map of values. Only its own keys count; it may come from `JSON.parse` or have no prototype. */
export type ValueMap = { readonly [key: string]: Value };

/** Whether a foreign value is a plain map: an object that inherits from nothing but a root prototype. */
export function isPlainMap(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a canonical value is a map. */
export function isMap(value: Value): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Names what a foreign value is, for the "got …" half of an error message. */
export function nameValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Uint8Array) return "bytes";
  switch (typeof value) {
    case "string":
      return `the text ${quote(value)}`;
    case "number":
    case "bigint":
      return `the number ${value}`;
    case "boolean":
      return `${value}`;
    case "object":
      return isPlainMap(value) ? "a map" : "an object that is no map";
    default:
      return `a ${typeof value}`;
  }
}

/** Quotes text for a message, cut to 64 UTF-16 code units. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 63)}…` : text);
}
