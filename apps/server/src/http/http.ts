import type { Authenticator } from "../ports/authenticator.ts";
import type { Exchange } from "../ports/listener.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { httpError, json, type Response, type Route } from "./route.ts";

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly authenticator: Authenticator;
  /** Origins whose pages may call; `"*"` is every one. */
  readonly origins: readonly string[];
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** The HTTP side of the server. */
export interface Http {
  handle(exchange: Exchange): void;
  /** Requests that wait for their answer. */
  readonly inFlight: number;
}

export function createHttp({ routes, authenticator, origins, metrics, logger }: HttpOptions): Http {
  const table = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  let inFlight = 0;
  metrics.gauge("singyeong_http_requests_in_flight", "HTTP requests waiting for their answer.", () => inFlight);

  async function answer(exchange: Exchange): Promise<Response> {
    if (exchange.method === "OPTIONS") return preflight(exchange, origins) ?? notFound();
    const method = exchange.method === "HEAD" ? "GET" : exchange.method;
    const route = table.get(`${method} ${exchange.path}`);
    if (route === undefined) return notFound();
    if (!route.open && !authenticator.authorize(readPassword(exchange))) return unauthorized();
    return route.answer(exchange);
  }

  async function handle(exchange: Exchange): Promise<void> {
    inFlight++;
    let response: Response;
    try {
      response = await answer(exchange);
    } catch (error) {
      logger.error({ err: error, method: exchange.method, path: exchange.path }, "request failed");
      response = httpError("server/internal", null);
    }
    inFlight--;
    const status = `${response.status}`;
    metrics.counter("singyeong_http_requests_total", "HTTP requests answered.", { status }).total++;
    exchange.respond(response.status, { ...response.headers, ...corsHeaders(exchange, origins) }, response.body);
  }

  return {
    handle: (exchange) => void handle(exchange),
    get inFlight() {
      return inFlight;
    },
  };
}

/** The bodies of 401 and 404 are v1's, exactly. */
const notFound = (): Response => json(404, { code: 404, error: "not found" });
const unauthorized = (): Response => json(401, { status: "error", error: "not authorized" });

function readPassword(exchange: Exchange): string | null {
  const header = exchange.header("authorization");
  if (header === undefined || header === "") return null;
  return /^Bearer /i.test(header) ? header.slice("Bearer ".length) : header;
}
