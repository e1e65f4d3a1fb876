import type { Clock } from "../ports/clock.ts";

/**
 * The time of queues: milliseconds since the epoch as the clock told them once, counted on from there by what only
 * grows. Leases do not end because somebody sets the clock, and times that are stored mean the same after a restart.
 */
export function createQueueTime(clock: Clock): () => number {
  const offsetMs = clock.now() - clock.elapsed();
  return () => Math.floor(offsetMs + clock.elapsed());
}
