import type { ErrorCode } from "@singyeong/protocol";
import type { Metrics, Tally } from "../ports/metrics.ts";

/** What is counted of streams. */
export interface StreamMetrics {
  readonly calls: Tally;
  readonly messages: Tally;
  /** Streams that the server aborted. */
  aborted(code: ErrorCode): void;
}

export function createStreamMetrics(metrics: Metrics, openEnds: () => number, waiting: () => number): StreamMetrics {
  const byCode = new Map<ErrorCode, Tally>();
  metrics.gauge("singyeong_stream_ends", "Ends of open streams: two of each, one while its call waits.", openEnds);
  metrics.gauge("singyeong_calls_waiting", "Calls that nobody matches yet.", waiting);
  return {
    calls: metrics.counter("singyeong_calls_total", "Calls that were handed to a client."),
    messages: metrics.counter("singyeong_stream_messages_total", "Messages and ends passed on in streams."),
    aborted(code) {
      let tally = byCode.get(code);
      if (tally === undefined) {
        tally = metrics.counter("singyeong_stream_aborts_total", "Streams aborted by the server.", { code });
        byCode.set(code, tally);
      }
      tally.total++;
    },
  };
}
