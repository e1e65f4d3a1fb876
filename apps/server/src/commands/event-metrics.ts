import type { Metrics, Tally } from "../ports/metrics.ts";

/** What is counted of one dispatch event: rate, errors and duration. */
export interface EventMeter {
  readonly received: Tally;
  /** Those that its command refused at once. */
  readonly refused: Tally;
  /** Whether this one is measured: one in 64 is, the first among them. Asked once for each. */
  isMeasured(): boolean;
  /** For one that is: how long its command took. */
  measured(ms: number): void;
}

/** A message takes about as long as looking at the clock twice. */
const measuredOneIn = 64;
/** From a message that is passed on at once to one that holds everybody up. */
const buckets = [
  0.000_002, 0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25,
];

export function createEventMeter(metrics: Metrics, event: string): EventMeter {
  const seconds = metrics.histogram(
    "singyeong_event_seconds",
    `Time to carry a dispatch event out, of one in ${measuredOneIn}: to the sockets of its receivers, or to the store.`,
    buckets,
    { event },
  );
  let left = 1;
  return {
    received: metrics.counter("singyeong_events_total", "Dispatch events received.", { event }),
    refused: metrics.counter("singyeong_events_refused_total", "Dispatch events refused at once.", { event }),
    isMeasured() {
      if (--left > 0) return false;
      left = measuredOneIn;
      return true;
    },
    measured: (ms) => seconds.observe(ms / 1000),
  };
}
