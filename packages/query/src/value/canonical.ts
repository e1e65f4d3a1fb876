import { isPlainMap, nameValue, type Value } from "./value.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const TWO_63 = 2 ** 63;

/** Lists and maps nested deeper than this are refused; the wire's own limit is the same unless configured. */
export const MAX_VALUE_DEPTH = 128;

/** Why a value was refused: where inside it (JSON Pointer, "" for itself), and in which way. */
interface ValueFault {
  readonly at: string;
  readonly problem: "type" | "integer-range" | "depth";
  readonly message: string;
}

/** Collects the first fault met; a caller that sees `undefined` come back finds it here. */
export interface FaultSlot {
  fault: ValueFault | null;
}

/**
 * Brings a number into canonical form: whole numbers beyond ±(2^53−1) but within signed 64 bits become
 * `bigint`, −0 becomes 0. Equal numbers then have one representation, so `===` and `Map` keys are exact.
 * `undefined` for NaN, infinities, and integers (`bigint`) beyond 64 bits.
 */
export function canonicalNumber(value: number | bigint): number | bigint | undefined {
  if (typeof value === "bigint") {
    if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
    return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
  }
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (!Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && value >= -TWO_63 && value < TWO_63 ? BigInt(value) : value;
}

/**
 * Checks a foreign value and brings every number in it into canonical form. Returns the very same object where
 * nothing had to change; nothing is copied that need not be. `undefined` means refused, and why is in `slot`.
 */
export function canonicalise(value: unknown, slot: FaultSlot, at = "", depth = 0): Value | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
    case "bigint":
      return canonicalNumber(value) ?? refuseNumber(value, slot, at);
    case "object":
      break;
    default:
      return refuse(slot, at, "type", `expected a value, got ${nameValue(value)}`);
  }
  if (value === null || value instanceof Uint8Array) return value;
  if (depth >= MAX_VALUE_DEPTH) {
    return refuse(slot, at, "depth", `expected at most ${MAX_VALUE_DEPTH} levels, got more`);
  }
  if (Array.isArray(value)) return canonicaliseList(value, slot, at, depth);
  if (isPlainMap(value)) return canonicaliseMap(value, slot, at, depth);
  return refuse(slot, at, "type", `expected a value, got ${nameValue(value)}`);
}

function canonicaliseList(list: readonly unknown[], slot: FaultSlot, at: string, depth: number): Value | undefined {
  let copy: Value[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const item = canonicalise(list[i], slot, `${at}/${i}`, depth + 1);
    if (item === undefined) return undefined;
    if (copy === null && !Object.is(item, list[i])) copy = list.slice(0, i) as Value[];
    if (copy !== null) copy.push(item);
  }
  return copy ?? (list as readonly Value[]);
}

function canonicaliseMap(
  map: { readonly [key: string]: unknown },
  slot: FaultSlot,
  at: string,
  depth: number,
): Value | undefined {
  let copy: { [key: string]: Value } | null = null;
  for (const key of Object.keys(map)) {
    const item = canonicalise(map[key], slot, `${at}/${escapeSegment(key)}`, depth + 1);
    if (item === undefined) return undefined;
    if (Object.is(item, map[key])) continue;
    if (copy === null) {
      copy = Object.create(null) as { [key: string]: Value };
      for (const other of Object.keys(map)) copy[other] = map[other] as Value;
    }
    copy[key] = item;
  }
  return copy ?? (map as { readonly [key: string]: Value });
}

/** Writes one key as a JSON Pointer segment (RFC 6901: `~` as `~0`, `/` as `~1`). */
export function escapeSegment(key: string): string {
  return key.includes("~") || key.includes("/") ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
}

function refuseNumber(value: number | bigint, slot: FaultSlot, at: string): undefined {
  if (typeof value === "number") return refuse(slot, at, "type", `expected a finite number, got ${value}`);
  return refuse(slot, at, "integer-range", `expected an integer within signed 64 bits, got ${value}; send it as text`);
}

function refuse(slot: FaultSlot, at: string, problem: ValueFault["problem"], message: string): undefined {
  slot.fault ??= { at, problem, message };
  return undefined;
}
