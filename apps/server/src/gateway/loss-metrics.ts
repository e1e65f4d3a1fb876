import type { ErrorCode } from "@singyeong/protocol";
import type { Metrics } from "../ports/metrics.ts";

/** Connections that the server ended with op 8, by the code that says why. */
export interface LossMetrics {
  /** It was a client's. */
  evicted(code: ErrorCode): void;
  /** It had not become one. */
  rejected(code: ErrorCode): void;
}

export function createLossMetrics(metrics: Metrics): LossMetrics {
  const evicted = (reason: ErrorCode) =>
    metrics.counter("singyeong_evictions_total", "Clients whose connection the server ended.", { reason });
  const rejected = (reason: ErrorCode) =>
    metrics.counter("singyeong_rejected_total", "Connections that were ended before they became a client's.", {
      reason,
    });
  // Shown from the start, so that an alert sees them rise.
  evicted("heartbeat/missed");
  rejected("auth/failed");
  return { evicted: (code) => void evicted(code).total++, rejected: (code) => void rejected(code).total++ };
}
