import type { ErrorCode } from "@singyeong/protocol";
import type { Authenticator } from "../ports/authenticator.ts";
import type { Exchange } from "../ports/listener.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics, Tally } from "../ports/metrics.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { httpError, json, type Response, type Route } from "./route.ts";
import { createRouteTable } from "./route-table.ts";

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly authenticator: Authenticator;
  /** Origins whose pages may call; `"*"` is every one. */
  readonly origins: readonly string[];
  readonly metrics: Metrics;
  readonly errorTallies: Readonly<Record<ErrorCode, Tally>>;
  readonly logger: Logger;
}

/** The HTTP side of the server. */
export interface Http {
  handle(exchange: Exchange): void;
  /** Requests that wait for their answer. */
  readonly inFlight: number;
}

export function createHttp({ routes, authenticator, origins, metrics, errorTallies, logger }: HttpOptions): Http {
  const table = createRouteTable(routes);
  let inFlight = 0;
  metrics.gauge("singyeong_http_requests_in_flight", "HTTP requests waiting for their answer.", () => inFlight);

  async function answer(exchange: Exchange): Promise<Response> {
    if (exchange.method === "OPTIONS") return preflight(exchange, origins) ?? notFound();
    const method = exchange.method === "HEAD" ? "GET" : exchange.method;
    const match = table.find(method, exchange.path);
    if (match === null) return notFound();
    const { route, params } = match;
    if (!route.open && !authenticator.authorize(readPassword(exchange))) return unauthorized();
    if (params === null) return httpError("http/malformed-query", { message: "the path is not percent-encoded UTF-8" });
    return route.answer(exchange, params);
  }

  /** The answer where a route threw; `null` where it did because the peer has gone. */
  function recover(exchange: Exchange, error: unknown): Response | null {
    const { method, path } = exchange;
    if (exchange.gone) {
      logger.debug({ method, path }, "the peer went away before its answer");
      return null;
    }
    logger.error({ err: error, method, path }, "request failed");
    return httpError("server/internal", null);
  }

  async function handle(exchange: Exchange): Promise<void> {
    inFlight++;
    const response = await answer(exchange).catch((error: unknown) => recover(exchange, error));
    inFlight--;
    if (response === null) return;
    if (response.code !== undefined) errorTallies[response.code].total++;
    const status = `${response.status}`;
    metrics.counter("singyeong_http_requests_total", "HTTP requests answered.", { status }).total++;
    exchange.respond(response.status, { ...response.headers, ...corsHeaders(exchange, origins) }, response.body);
  }

  return {
    handle(exchange) {
      handle(exchange).catch((error: unknown) =>
        logger.error({ err: error, path: exchange.path }, "no answer could be sent"),
      );
    },
    get inFlight() {
      return inFlight;
    },
  };
}

/** The bodies of 401 and 404 are v1's, exactly. */
const notFound = (): Response => ({ ...json(404, { code: 404, error: "not found" }), code: "http/not-found" });
const unauthorized = (): Response => ({
  ...json(401, { status: "error", error: "not authorized" }),
  code: "http/unauthorized",
});

function readPassword(exchange: Exchange): string | null {
  const header = exchange.header("authorization");
  if (header === undefined || header === "") return null;
  return /^Bearer /i.test(header) ? header.slice("Bearer ".length) : header;
}
