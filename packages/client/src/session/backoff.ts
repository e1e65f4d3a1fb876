/** Times between attempts, resolved. */
export interface BackoffTimes {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * The delay before an attempt, in milliseconds: uniform between 0 and a bound that doubles with each failure in a row
 * from `minDelayMs` to `maxDelayMs` ("full jitter", which spreads clients that lost the same server best: AWS
 * Architecture Blog, "Exponential Backoff and Jitter", 2015).
 */
export function backoffDelayMs(failures: number, { minDelayMs, maxDelayMs }: BackoffTimes, random: number): number {
  const bound = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(Math.max(failures - 1, 0), 52));
  return random * bound;
}
