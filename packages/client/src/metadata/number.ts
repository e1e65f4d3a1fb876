import { SingyeongError } from "../errors.ts";
import { checkInt64, checkNumber } from "../value/exact.ts";
import { createTyped } from "./typed.ts";
import type { Typed } from "./types.ts";

/**
 * A whole number as metadata, within signed 64 bits: `integer(12)`, `integer(1234567890123456789n)`. Plain whole
 * numbers and bigints are inferred as just that; this one also refuses fractions.
 * @throws `client/invalid-value` for a fraction, a number that lost digits, or one beyond 64 bits
 */
export function integer(value: number | bigint): Typed<"integer", number | bigint> {
  if (typeof value !== "bigint" && !Number.isInteger(value)) throw refuse("a whole number", value);
  if (typeof value === "bigint") checkInt64(value, "");
  else checkNumber(value, "");
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw refuse("a number within signed 64 bits", value);
  return createTyped("integer", value);
}

/**
 * A number with a fraction as metadata, though this one may be whole: `float(50)`. A key whose values are now whole,
 * now not, keeps one type by it.
 * @throws `client/invalid-value` for NaN and the infinities, and for a whole number that may have lost digits
 */
export function float(value: number): Typed<"float", number> {
  checkNumber(value, "");
  return createTyped("float", value);
}

function refuse(expected: string, value: unknown): SingyeongError {
  const got = typeof value === "number" ? String(value) : `a ${typeof value}`;
  return new SingyeongError("client/invalid-value", `expected ${expected}, got ${got}`);
}
