import { isTyped } from "../metadata/typed.ts";
import { escapeSegment, invalidValue, kindOf } from "./describe.ts";
import { checkNumber } from "./exact.ts";
import { maxDepth } from "./inspect.ts";

/**
 * A copy of a value made of nothing but what every codec writes: null, booleans, text, exact numbers, bigints, bytes,
 * lists and plain maps. As `JSON.stringify` has it, what has `toJSON` (a date) is what that gives, keys that
 * hold `undefined` are left out and gaps in lists are null; what was typed (`version("2.1.0")`) is its value.
 * @param at where the value stands, as a JSON Pointer; errors name the place inside it
 * @param checkBigint refuses bigints that are too large for the place
 * @throws `client/invalid-value` for what would not arrive as it is: a whole number that may have lost digits, NaN and
 * infinities, functions, symbols, maps and sets, `undefined` by itself, and what is nested too deep or holds itself
 */
export function makePortable(value: unknown, at = "", checkBigint?: CheckBigint): unknown {
  return copy(value, at, maxDepth, checkBigint);
}

/** Refuses a bigint by throwing. */
type CheckBigint = (value: bigint, at: string) => void;

function copy(value: unknown, at: string, levels: number, checkBigint: CheckBigint | undefined): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "bigint":
      checkBigint?.(value, at);
      return value;
    case "number":
      checkNumber(value, at);
      return value;
    case "object":
      return value === null ? null : copyObject(value, at, levels, checkBigint);
    default:
      throw unsendable(value, at);
  }
}

function copyObject(value: object, at: string, levels: number, checkBigint: CheckBigint | undefined): unknown {
  if (value instanceof Uint8Array) return value;
  if (isTyped(value)) return copy(value.value, at, levels, checkBigint);
  if (levels === 0) {
    throw invalidValue(at, `expected at most ${maxDepth} levels, got more, or a value that holds itself`);
  }
  if (Array.isArray(value)) {
    return Array.from(value, (item, i) =>
      item === undefined ? null : copy(item, `${at}/${i}`, levels - 1, checkBigint),
    );
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return copy(toJSON.call(value, ""), at, levels - 1, checkBigint);
  if (kindOf(value) !== "Object") throw unsendable(value, at);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, copy(item, `${at}/${escapeSegment(key)}`, levels - 1, checkBigint)]),
  );
}

function unsendable(value: unknown, at: string): Error {
  return invalidValue(at, `expected a value that can be sent, got ${kindOf(value)}`);
}
