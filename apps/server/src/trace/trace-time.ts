import type { Clock } from "../ports/clock.ts";

/** Beyond so much of a difference somebody has set the clock. */
const maxDriftMs = 1000;

/** The time of spans: milliseconds since the epoch with a fraction, which grow as long as nobody sets the clock. */
export function createTraceTime(clock: Clock): () => number {
  let offsetMs = clock.now() - clock.elapsed();
  return () => {
    const nowMs = offsetMs + clock.elapsed();
    const driftMs = clock.now() - nowMs;
    if (Math.abs(driftMs) <= maxDriftMs) return nowMs;
    offsetMs += driftMs;
    return nowMs + driftMs;
  };
}
