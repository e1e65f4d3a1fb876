/** Settings of the server under test, by the names of its flags: leases that run out within a run, and small bounds. */
export const leaseMs = 1000;
export const retryMs = 500;
export const dedupMs = 120_000;
/** Not a setting: [QU-17]. */
export const attemptMs = 100;

export const settings = {
  "queue-lease-ms": leaseMs,
  "queue-retry-ms": retryMs,
  "queue-dedup-ms": dedupMs,
  "queue-max-attempts": 10_000,
  "max-queue-message-bytes": 65_536,
  "drain-timeout-ms": 2000,
  // Clients here send no heartbeats.
  "heartbeat-interval-ms": 600_000,
} as const;
