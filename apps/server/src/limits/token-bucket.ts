/**
 * A bucket of tokens that fills up evenly to what one second allows. A plain record, because there are many.
 * The algorithm is the token bucket of RFC 2697 without its second colour.
 */
export interface TokenBucket {
  tokens: number;
  filledAtMs: number;
}

export function createTokenBucket(perSecond: number, nowMs: number): TokenBucket {
  return { tokens: perSecond, filledAtMs: nowMs };
}

/**
 * Takes `cost` tokens where there are any at all, so that what costs more than a second's worth passes as well, and is
 * paid for after. `false` where there are none; it says by being negative how deep in debt it is.
 */
export function takeTokens(bucket: TokenBucket, cost: number, perSecond: number, nowMs: number): boolean {
  const gained = ((nowMs - bucket.filledAtMs) * perSecond) / 1000;
  bucket.tokens = Math.min(perSecond, bucket.tokens + gained);
  bucket.filledAtMs = nowMs;
  if (bucket.tokens <= 0) return false;
  bucket.tokens -= cost;
  return true;
}

/** Milliseconds until it has a token again; 0 where it has. */
export function msUntilToken(bucket: TokenBucket, perSecond: number): number {
  return bucket.tokens > 0 ? 0 : Math.floor((-bucket.tokens * 1000) / perSecond) + 1;
}
