import type { HttpProxy } from "../proxy/http-proxy.ts";
import { json, type Route } from "./route.ts";

/** `GET /api/v1/proxy`: the targets that were dialled lately, and how their circuits are ([PX-22]). */
export function proxyTargetsRoute(proxy: HttpProxy): Route {
  return {
    method: "GET",
    path: "/api/v1/proxy",
    open: false,
    admin: true,
    answer: () => json(200, { in_flight: proxy.inFlight, targets: proxy.targets() }),
  };
}
