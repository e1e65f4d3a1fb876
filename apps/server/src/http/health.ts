import type { Metrics } from "../ports/metrics.ts";
import type { StoreFault } from "../ports/queue-store.ts";
import { json, type Route, text } from "./route.ts";

/** `GET /healthz`: the process answers. */
export const healthRoute: Route = { method: "GET", path: "/healthz", open: true, answer: () => text(200, "ok\n") };

/** What keeps a server from being ready. */
export interface Readiness {
  readonly isDraining: () => boolean;
  /** Why what is stored cannot be written now; `null` where it can. */
  readonly storeFault: () => StoreFault | null;
}

/** `GET /readyz`: send traffic here; 503 with the reason while the server drains, or its store cannot write. */
export function readyRoute({ isDraining, storeFault }: Readiness): Route {
  function findReason(): string | null {
    if (isDraining()) return "draining";
    const fault = storeFault();
    return fault === null ? null : `the queue store cannot write: ${fault}`;
  }

  return {
    method: "GET",
    path: "/readyz",
    open: true,
    answer() {
      const reason = findReason();
      return reason === null ? text(200, "ok\n") : text(503, `${reason}\n`);
    },
  };
}

/** `GET /metrics`: the Prometheus text format. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    method: "GET",
    path: "/metrics",
    open: false,
    admin: true,
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
