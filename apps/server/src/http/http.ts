import type { ErrorCode } from "@singyeong/protocol";
import { createRights } from "../access/rights.ts";
import type { Authenticator } from "../ports/authenticator.ts";
import type { Clock } from "../ports/clock.ts";
import type { Exchange } from "../ports/listener.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics, Tally } from "../ports/metrics.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { type Answer, type Caller, httpError, json, notFound, type Response, type Route } from "./route.ts";
import { createRouteMetrics } from "./route-metrics.ts";
import { createRouteTable } from "./route-table.ts";

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly authenticator: Authenticator;
  /** Origins whose pages may call; `"*"` is every one. */
  readonly origins: readonly string[];
  readonly clock: Clock;
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

export function createHttp({
  routes,
  authenticator,
  origins,
  clock,
  metrics,
  errorTallies,
  logger,
}: HttpOptions): Http {
  const table = createRouteTable(routes);
  const routeMetrics = createRouteMetrics(metrics);
  let inFlight = 0;
  metrics.gauge("singyeong_http_requests_in_flight", "HTTP requests waiting for their answer.", () => inFlight);

  async function answer(exchange: Exchange, asked: { route: string | null }): Promise<Answer> {
    if (exchange.method === "OPTIONS") {
      const response = preflight(exchange, origins);
      if (response !== null) return response;
    }
    const method = exchange.method === "HEAD" ? "GET" : exchange.method;
    const match = table.find(method, exchange.path);
    if (match === null) return notFound();
    const { route, params } = match;
    asked.route = route.path;
    const isOpen = typeof route.open === "boolean" ? route.open : route.open(exchange, params ?? {});
    const caller = isOpen ? nobody : await letIn(exchange);
    if ("status" in caller) return caller;
    if (route.admin && caller.rights !== null && !caller.rights.isAdmin) {
      return httpError("auth/forbidden", { message: "this takes the permission of administration" });
    }
    if (params === null) return httpError("http/malformed-query", { message: "the path is not percent-encoded UTF-8" });
    return route.answer(exchange, params, caller);
  }

  /** Who asks, or the answer that refuses it. */
  async function letIn(exchange: Exchange): Promise<Caller | Response> {
    const secret = readSecret(exchange);
    const verdict = await authenticator.judge({ secret, peer: exchange.peer, over: "http", client: null });
    if (!verdict.ok) {
      if (verdict.code === "auth/throttled") return throttled(verdict.retryAfterMs);
      logger.info({ peer: exchange.peer, path: exchange.path, reasons: verdict.reasons }, "a token was refused");
      return unauthorized(verdict.reasons);
    }
    const { restricted, permissions, subject } = verdict.grant;
    if (restricted) return unauthorized();
    return { rights: permissions === null ? null : createRights(permissions), subject };
  }

  /** The answer where a route threw; it may have done so because the peer has gone. */
  function recover(exchange: Exchange, error: unknown): Answer {
    const { method, path } = exchange;
    if (exchange.gone) {
      logger.debug({ method, path }, "the peer went away before its answer");
      return { answered: null };
    }
    // A trace's id is the second part of its context (W3C Trace Context, 3.2).
    const trace = exchange.header("traceparent")?.split("-")[1];
    logger.error({ err: error, method, path, trace }, "request failed");
    return httpError("server/internal", null);
  }

  async function handle(exchange: Exchange): Promise<void> {
    inFlight++;
    const fromMs = clock.elapsed();
    const asked = { route: null };
    const response = await answer(exchange, asked).catch((error: unknown) => recover(exchange, error));
    inFlight--;
    const status = "answered" in response ? response.answered : response.status;
    if (status !== null) {
      routeMetrics.observe(asked.route, exchange.method, status, (clock.elapsed() - fromMs) / 1000);
    }
    if ("answered" in response) return;
    const { code } = response;
    if (code !== undefined) errorTallies[code].total++;
    const own = code === undefined ? null : { [errorHeader]: code };
    exchange.respond(
      response.status,
      { ...response.headers, ...own, ...corsHeaders(exchange, origins) },
      response.body,
    );
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

/** Tells an error of the server's own from what a proxied target says. */
const errorHeader = "x-singyeong-error";
const nobody: Caller = { rights: null, subject: null };

/** The body is v1's, exactly; why a token was refused is told as RFC 6750 (3) has it. */
function unauthorized(reasons: readonly string[] = []): Response {
  const response = json(401, { status: "error", error: "not authorized" });
  const description = reasons
    .join("; ")
    .replaceAll('"', "'")
    .replace(/[^\x20-\x7e]|\\/g, "?");
  const challenge = `Bearer error="invalid_token", error_description="${description}"`;
  const told = reasons.length === 0 ? null : { "www-authenticate": challenge };
  return { ...response, headers: { ...response.headers, ...told }, code: "http/unauthorized" };
}

function throttled(retryAfterMs: number): Response {
  const response = httpError("auth/throttled", { retry_after_ms: retryAfterMs });
  return { ...response, headers: { ...response.headers, "retry-after": String(Math.ceil(retryAfterMs / 1000)) } };
}

function readSecret(exchange: Exchange): string | null {
  const header = exchange.header("authorization");
  if (header === undefined || header === "") return null;
  return /^Bearer /i.test(header) ? header.slice("Bearer ".length) : header;
}
