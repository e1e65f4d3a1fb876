import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import { createTokenBucket, msUntilToken, type TokenBucket, takeTokens } from "./token-bucket.ts";

/** Rates by the names of their settings; 0 is no bound. */
export interface Rates {
  readonly maxFramesPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly maxMetadataUpdatesPerSecond: number;
  readonly maxApplicationFramesPerSecond: number;
  readonly maxApplicationBytesPerSecond: number;
}

/** The rates among other settings. */
export function pickRates(settings: Rates): Rates {
  const { maxFramesPerSecond, maxBytesPerSecond, maxMetadataUpdatesPerSecond } = settings;
  const { maxApplicationFramesPerSecond, maxApplicationBytesPerSecond } = settings;
  return {
    maxFramesPerSecond,
    maxBytesPerSecond,
    maxMetadataUpdatesPerSecond,
    maxApplicationFramesPerSecond,
    maxApplicationBytesPerSecond,
  };
}

/** What one connection has used up. */
export interface Meter {
  readonly buckets: Map<RateName, TokenBucket>;
  /** Frames that were refused since the last one that was not. */
  refused: number;
}

/** A frame that is too much. */
export interface Excess {
  readonly limit: RateName;
  readonly max: number;
  readonly retryAfterMs: number;
  /** The connection does not heed what it is told: it has to end. */
  readonly isFlood: boolean;
}

export type RateName = keyof Rates;

/** Bounds on what connections, and all clients of an application together, send in a second. */
export interface RateLimits {
  createMeter(): Meter;
  /** Charges a dispatch of so many bytes; `null` where it may pass. What is refused costs nothing. */
  charge(meter: Meter, application: string, event: string | null, bytes: number): Excess | null;
  /** Charges a frame of so many bytes that is never refused; true where its connection does not heed what it is told. */
  chargeAnyway(meter: Meter, application: string, bytes: number): boolean;
}

/** Refused in a row, a connection ends: every refusal is a frame, too ([C-23]). */
const floodFrames = 1000;
/** Applications whose use is remembered; one that is forgotten begins with a full second. */
const maxApplications = 10_000;

/** `null` where no rate is bounded: nothing is counted then. */
export function createRateLimits(rates: Rates, clock: Clock, metrics: Metrics): RateLimits | null {
  const names = (Object.keys(rates) as RateName[]).filter((name) => rates[name] > 0);
  if (names.length === 0) return null;
  const applications = new Map<string, Map<RateName, TokenBucket>>();
  const refusals = new Map(
    names.map((limit) => [
      limit,
      metrics.counter("singyeong_rate_limited_total", "Frames refused because a rate was exceeded.", { limit }),
    ]),
  );

  function bucketsOf(application: string): Map<RateName, TokenBucket> {
    let buckets = applications.get(application);
    if (buckets === undefined) {
      if (applications.size >= maxApplications) applications.delete(applications.keys().next().value!);
      buckets = new Map();
      applications.set(application, buckets);
    }
    return buckets;
  }

  function bucketOf(buckets: Map<RateName, TokenBucket>, name: RateName, nowMs: number): TokenBucket {
    let bucket = buckets.get(name);
    if (bucket === undefined) {
      bucket = createTokenBucket(rates[name], nowMs);
      buckets.set(name, bucket);
    }
    return bucket;
  }

  function chargeAll(meter: Meter, application: string, event: string | null, bytes: number): Excess | null {
    const nowMs = clock.elapsed();
    const taken: { readonly bucket: TokenBucket; readonly cost: number }[] = [];
    for (const name of names) {
      const cost = costOf(name, event, bytes);
      if (cost === 0) continue;
      const buckets = name.startsWith("maxApplication") ? bucketsOf(application) : meter.buckets;
      const bucket = bucketOf(buckets, name, nowMs);
      if (takeTokens(bucket, cost, rates[name], nowMs)) {
        taken.push({ bucket, cost });
        continue;
      }
      for (const { bucket, cost } of taken) bucket.tokens += cost;
      meter.refused++;
      const retryAfterMs = msUntilToken(bucket, rates[name]);
      return { limit: name, max: rates[name], retryAfterMs, isFlood: meter.refused >= floodFrames };
    }
    meter.refused = 0;
    return null;
  }

  return {
    createMeter: () => ({ buckets: new Map(), refused: 0 }),
    charge(meter, application, event, bytes) {
      const excess = chargeAll(meter, application, event, bytes);
      if (excess !== null) refusals.get(excess.limit)!.total++;
      return excess;
    },
    chargeAnyway: (meter, application, bytes) => chargeAll(meter, application, null, bytes)?.isFlood === true,
  };
}

/** What a dispatch costs of a rate: 0 where it is none of its business. */
function costOf(name: RateName, event: string | null, bytes: number): number {
  if (name === "maxMetadataUpdatesPerSecond") return event === "UPDATE_METADATA" ? 1 : 0;
  return name.includes("Bytes") ? bytes : 1;
}
