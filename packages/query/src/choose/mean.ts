/** Smallest exponent of a double's last bit: subnormals are multiples of 2^−1074 (IEEE 754). */
const MIN_EXPONENT = -1074;

/**
 * The indexes of the numbers closest to the mean of them all, ties included. Exact: |n·x − Σ| is compared, in
 * numbers where all are whole and small enough, else in big integers, doubles being multiples of a power of two.
 */
export function closestToMean(numbers: readonly (number | bigint)[]): number[] {
  const count = numbers.length;
  const limit = Number.MAX_SAFE_INTEGER / (2 * count);
  let sum = 0;
  for (const number of numbers) {
    if (typeof number === "bigint" || !Number.isInteger(number) || Math.abs(number) > limit) {
      return closestExactly(numbers);
    }
    sum += number;
  }
  let best: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const distance = Math.abs((numbers[i] as number) * count - sum);
    if (distance > least) continue;
    if (distance < least) best = [];
    least = distance;
    best.push(i);
  }
  return best;
}

function closestExactly(numbers: readonly (number | bigint)[]): number[] {
  const parts = numbers.map(splitNumber);
  let exponent = 0;
  for (const part of parts) if (part.exponent < exponent) exponent = part.exponent;
  const scaled = parts.map((part) => part.mantissa << BigInt(part.exponent - exponent));
  let sum = 0n;
  for (const each of scaled) sum += each;
  const count = BigInt(numbers.length);
  let best: number[] = [];
  let least: bigint | null = null;
  for (let i = 0; i < scaled.length; i++) {
    const difference = scaled[i]! * count - sum;
    const distance = difference < 0n ? -difference : difference;
    if (least !== null && distance > least) continue;
    if (least === null || distance < least) best = [];
    least = distance;
    best.push(i);
  }
  return best;
}

/** A number as mantissa × 2^exponent, both whole, exponent ≤ 0. */
function splitNumber(number: number | bigint): { mantissa: bigint; exponent: number } {
  if (typeof number === "bigint" || Number.isInteger(number)) return { mantissa: BigInt(number), exponent: 0 };
  let mantissa = number;
  let exponent = 0;
  while (!Number.isInteger(mantissa) && exponent > MIN_EXPONENT) {
    const step = Math.abs(mantissa) < 1 ? 64 : 1;
    mantissa *= 2 ** step;
    exponent -= step;
  }
  return { mantissa: BigInt(mantissa), exponent };
}
