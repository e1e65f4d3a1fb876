import type { ErrorCode } from "@singyeong/protocol";
import type { Histogram, Metrics, Tally } from "../ports/metrics.ts";

/** What came of a request: `cancelled` where whoever asked has gone. */
export type ProxyOutcome = "answered" | "cancelled" | ErrorCode;

export interface ProxyMetrics {
  outcome(outcome: ProxyOutcome): void;
  readonly failovers: Tally;
  readonly circuitsOpened: Tally;
  /** Seconds to the beginning of the answer. */
  readonly latency: Histogram;
}

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createProxyMetrics(metrics: Metrics, inFlight: () => number, openCircuits: () => number): ProxyMetrics {
  metrics.gauge("singyeong_proxy_requests_in_flight", "Proxied requests under way.", inFlight);
  metrics.gauge("singyeong_proxy_circuits_open", "Targets of the proxy that are left alone.", openCircuits);
  const outcomes = new Map<ProxyOutcome, Tally>();
  return {
    outcome(outcome) {
      let tally = outcomes.get(outcome);
      if (tally === undefined) {
        tally = metrics.counter("singyeong_proxy_requests_total", "Proxied requests by what came of them.", {
          outcome,
        });
        outcomes.set(outcome, tally);
      }
      tally.total++;
    },
    failovers: metrics.counter(
      "singyeong_proxy_failovers_total",
      "Proxied requests that another client was tried for.",
    ),
    circuitsOpened: metrics.counter(
      "singyeong_proxy_circuits_opened_total",
      "Targets of the proxy given up for a while.",
    ),
    latency: metrics.histogram(
      "singyeong_proxy_answer_seconds",
      "Time to the beginning of a target's answer.",
      latencyBuckets,
    ),
  };
}
