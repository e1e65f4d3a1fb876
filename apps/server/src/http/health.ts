import type { Metrics } from "../ports/metrics.ts";
import { json, type Route, text } from "./route.ts";

/** `GET /healthz`: the process answers. */
export const healthRoute: Route = { method: "GET", path: "/healthz", open: true, answer: () => text(200, "ok\n") };

/** `GET /readyz`: send traffic here; 503 while the server drains. */
export function readyRoute(isDraining: () => boolean): Route {
  const answer = () => (isDraining() ? text(503, "draining\n") : text(200, "ok\n"));
  return { method: "GET", path: "/readyz", open: true, answer };
}

/** `GET /metrics`: the Prometheus text format. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    method: "GET",
    path: "/metrics",
    open: false,
    answer: async () => ({
      status: 200,
      headers: { "content-type": metrics.contentType },
      body: await metrics.render(),
    }),
  };
}

/** `GET /api/version`. */
export function versionRoute(version: string): Route {
  return {
    method: "GET",
    path: "/api/version",
    open: true,
    answer: () => json(200, { singyeong: version, api: "v1" }),
  };
}
