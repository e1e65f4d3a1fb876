import { invalidValue } from "./describe.ts";

/** The bounds of signed 64 bits, which are those of integers in metadata and queries. */
const minInteger = -9223372036854775808n;
const maxInteger = 9223372036854775807n;

/** From here on numbers are printed with an exponent, which nobody takes for digits. */
const minExponential = 1e21;

/**
 * Lets numbers pass that are finite and exact. `at` is a JSON Pointer, or what makes one.
 * @throws `client/invalid-value`
 */
export function checkNumber(value: number, at: string | (() => string)): void {
  if (Number.isSafeInteger(value)) return;
  if (Number.isFinite(value) && (!Number.isInteger(value) || Math.abs(value) >= minExponential)) return;
  throw invalidValue(
    typeof at === "string" ? at : at(),
    Number.isFinite(value)
      ? `${value} is beyond 2^53 and may have lost digits; write it as a bigint (123n)`
      : `expected a finite number, got ${value}`,
  );
}

/** For metadata and queries. @throws `client/invalid-value` for a bigint beyond signed 64 bits */
export function checkInt64(value: bigint, at: string): void {
  if (value >= minInteger && value <= maxInteger) return;
  throw invalidValue(at, `expected an integer within signed 64 bits, got ${value}; send it as text`);
}
