import type { Metrics } from "../ports/metrics.ts";
import type { Outbox } from "../ports/outbox.ts";

/** Shows what waits for sockets: read from all of them when somebody scrapes. */
export function measureBacklog(metrics: Metrics, connections: Iterable<{ readonly outbox: Outbox }>): void {
  const help = "Bytes that wait for WebSockets: of all together, and of the one with most.";
  metrics.gauges("singyeong_backlog_bytes", help, ["of"], () => {
    let all = 0;
    let largest = 0;
    for (const { outbox } of connections) {
      const bytes = outbox.backlogBytes();
      all += bytes;
      if (bytes > largest) largest = bytes;
    }
    return [
      { labels: { of: "all" }, value: all },
      { labels: { of: "largest" }, value: largest },
    ];
  });
}
