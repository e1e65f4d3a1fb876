import { type Value, Whole } from "../../value.ts";
import type { Raw } from "../codec.ts";

/** `JSON.parse` hands a reviver the source text of primitive values (ES2025 "JSON.parse source text access"). */
type SourceReviver = (key: string, value: Value, context: { readonly source?: string }) => Value;
const parseWith = JSON.parse as (text: string, reviver: SourceReviver) => Value;

/**
 * Where a number of 16 digits or more may begin: 2^53 has 16, so a shorter one is exact as it is. What stands before
 * the digits keeps most text out, such as ids that are sent as strings, for a reviver triples the time.
 */
const LONG_NUMBER = /(?:^|[[:,\s])-?\d{16}/;
const INTEGER = /^-?\d+$/;

/** Decodes JSON text that a scan has accepted; integers beyond 2^53 come out as `bigint`, digit for digit. */
export function decode(raw: Raw): Value {
  const text = raw as string;
  return LONG_NUMBER.test(text) ? parseWith(text, reviveInteger) : (JSON.parse(text) as Value);
}

/** As `decode`, with `50.0` kept apart from `50`. */
export function decodeExact(raw: Raw): Value {
  return parseWith(raw as string, reviveExact);
}

/**
 * Reading digits takes time that grows with their square. Longer integers than this decode to an infinity, which
 * neither metadata nor queries accept, and exactly to decimal text, as for codecs that cannot hold them.
 */
const MAX_DIGITS = 1024;

const reviveInteger: SourceReviver = (_key, value, { source }) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return source !== undefined && source.length <= MAX_DIGITS && INTEGER.test(source) ? BigInt(source) : value;
};

const reviveExact: SourceReviver = (key, value, context) => {
  if (typeof value !== "number" || context.source === undefined) return value;
  if (INTEGER.test(context.source)) {
    if (context.source.length > MAX_DIGITS) return context.source;
    return Object.is(value, -0) ? 0 : reviveInteger(key, value, context);
  }
  return Number.isInteger(value) ? new Whole(value) : value;
};
