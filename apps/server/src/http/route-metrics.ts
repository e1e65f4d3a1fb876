import type { Histogram, Metrics, Tally } from "../ports/metrics.ts";

/** What is counted of HTTP requests, by route: rate, errors and duration. */
export interface RouteMetrics {
  /**
   * A request was answered. `route` is the path of its route as that is written (`/api/v1/queues/:queue`), never the path
   * that was asked for, or `null` where there is none; `seconds` is the time from its arrival to its answer.
   */
  observe(route: string | null, method: string, status: number, seconds: number): void;
}

/** From what is answered out of memory to what waits for a slow target. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Anything else is `other`: methods are the peer's to make up, and series are not. */
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]);

interface Series {
  readonly seconds: Histogram;
  readonly byStatus: Map<number, Tally>;
}

export function createRouteMetrics(metrics: Metrics): RouteMetrics {
  const byRoute = new Map<string, Series>();

  function seriesOf(route: string, method: string): Series {
    const key = `${method} ${route}`;
    let series = byRoute.get(key);
    if (series === undefined) {
      const seconds = metrics.histogram(
        "singyeong_http_request_seconds",
        "Time to answer an HTTP request, by route.",
        buckets,
        { route, method },
      );
      series = { seconds, byStatus: new Map() };
      byRoute.set(key, series);
    }
    return series;
  }

  return {
    observe(route, method, status, seconds) {
      const labels = { route: route ?? "none", method: methods.has(method) ? method : "other" };
      const series = seriesOf(labels.route, labels.method);
      series.seconds.observe(seconds);
      let tally = series.byStatus.get(status);
      if (tally === undefined) {
        const all = { ...labels, status: `${status}` };
        tally = metrics.counter("singyeong_http_requests_total", "HTTP requests answered.", all);
        series.byStatus.set(status, tally);
      }
      tally.total++;
    },
  };
}
