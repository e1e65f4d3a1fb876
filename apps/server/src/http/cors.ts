import type { Exchange } from "../ports/listener.ts";
import type { Response } from "./route.ts";

/** Seconds that a browser may remember a preflight. */
const maxAge = "600";

/** A page may read every header of an answer. */
const exposeAll = { "access-control-expose-headers": "*" };

/** Headers that let a page of an allowed origin read the answer; none for other origins. */
export function corsHeaders(exchange: Exchange, origins: readonly string[]): Readonly<Record<string, string>> {
  const origin = exchange.header("origin");
  if (origin === undefined || origins.length === 0) return {};
  if (origins.includes("*")) return { "access-control-allow-origin": "*", ...exposeAll };
  if (!origins.includes(origin)) return { vary: "Origin" };
  return { "access-control-allow-origin": origin, ...exposeAll, vary: "Origin" };
}

/** Answers a preflight of an allowed origin; `null` for anything else. */
export function preflight(exchange: Exchange, origins: readonly string[]): Response | null {
  if (exchange.header("access-control-request-method") === undefined) return null;
  if (!("access-control-allow-origin" in corsHeaders(exchange, origins))) return null;
  const headers = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE, PATCH",
    "access-control-allow-headers": exchange.header("access-control-request-headers") ?? "authorization, content-type",
    "access-control-max-age": maxAge,
  };
  return { status: 204, headers, body: "" };
}
