import { ExpressionError } from "./expression-error.ts";
import { MAX_VALUE_DEPTH } from "./limits.ts";
import { isPlainMap } from "./plain-map.ts";
import { BARE_SEGMENT, canonicalNumber, isBareText, matchesWhole } from "./word.ts";

/**
 * Writes a constant as {@link parseValue} reads it.
 * @throws ExpressionError for what no query may hold
 */
export function formatValue(value: unknown, depth = 0): string {
  switch (typeof value) {
    case "string":
      return isBareText(value) ? value : JSON.stringify(value);
    case "boolean":
      return `${value}`;
    case "number":
    case "bigint":
      return formatNumber(value);
    case "object":
      return value === null ? "null" : formatNested(value, depth);
    default:
      return refuse(`a ${typeof value} is no constant`);
  }
}

function formatNested(value: object, depth: number): string {
  if (depth >= MAX_VALUE_DEPTH) return refuse(`a constant is nested at most ${MAX_VALUE_DEPTH} deep`);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => formatValue(item, depth + 1)).join(", ")}]`;
  if (!isPlainMap(value)) return refuse("a constant is text, a number, a boolean, null, a list or a plain map");
  const entries = Object.keys(value).map((key) => `${formatKey(key)}: ${formatValue(value[key], depth + 1)}`);
  return `{${entries.join(", ")}}`;
}

/** Writes a key of a map, or a segment of a path. */
export function formatKey(key: string): string {
  return matchesWhole(BARE_SEGMENT, key) ? key : JSON.stringify(key);
}

/** Whole numbers beyond 64 bits keep an exponent: as digits alone they would be integers, which end there. */
function formatNumber(number: number | bigint): string {
  const value = canonicalNumber(number);
  if (value === undefined) return refuse(`${number} is neither finite nor an integer within signed 64 bits`);
  return typeof value === "number" && Math.abs(value) >= 2 ** 63 ? value.toExponential() : `${value}`;
}

/** @throws ExpressionError, always */
export function refuse(message: string): never {
  throw new ExpressionError(message);
}
