import { formatJson, parseJson } from "../codec/json.ts";
import { escapeSegment, invalidValue, isPlainMap, kindOf } from "../value/describe.ts";
import { holdsSpecial } from "../value/inspect.ts";
import { isTyped } from "./typed.ts";
import type { MetadataInput, MetadataType, WireMetadata } from "./types.ts";

/**
 * Gives every value its type: text is `string`, whole numbers and bigints are `integer`, other numbers `float`, then
 * `boolean`, `list` and `map`; what is typed already stays so. Lists and maps are copied, so later changes to them do
 * not count.
 * @throws `client/invalid-value` for null and undefined, for a number that lost digits, and for whatever else cannot
 * travel; the message begins with the place as a JSON Pointer. What can travel is for the server to judge: keys of its
 * own, integers beyond 64 bits.
 */
export function inferMetadata(input: MetadataInput): WireMetadata {
  holdsSpecial(input);
  return Object.fromEntries(
    Object.entries(input).map(([key, given]) => {
      if (isTyped(given)) return [key, { type: given.type, value: given.value }];
      const value = copy(given);
      return [key, { type: inferType(value, `/${escapeSegment(key)}`), value }];
    }),
  );
}

/** By way of JSON, which also turns dates into text. Bytes are left for `inferType` to refuse. */
function copy(value: unknown): unknown {
  if (typeof value !== "object" || value instanceof Uint8Array) return value;
  return parseJson(formatJson(value));
}

function inferType(value: unknown, at: string): MetadataType {
  switch (typeof value) {
    case "string":
    case "boolean":
      return typeof value as "string" | "boolean";
    case "bigint":
      return "integer";
    case "number":
      return Number.isSafeInteger(value) ? "integer" : "float";
    default:
      if (Array.isArray(value)) return "list";
      if (isPlainMap(value)) return "map";
      throw invalidValue(at, `metadata cannot hold ${kindOf(value)}; remove() removes keys`);
  }
}
