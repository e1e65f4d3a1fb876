import { jsonCodec } from "@singyeong/protocol/codec";
import type { QueryFault, QueryResult } from "@singyeong/query";
import type { Exchange } from "../ports/listener.ts";
import { describeClients } from "../registry/describe.ts";
import type { Registry } from "../registry/registry.ts";
import { describeRefusal, type ForbiddenQuery, type Router } from "../router/router.ts";
import { type BodyLimits, readJson } from "./body.ts";
import { type Caller, httpError, json, type Response, type Route } from "./route.ts";

/** Candidates that an explanation lists unless `?limit=` says otherwise, and at most. */
const defaultExplained = 100;
const maxExplained = 1000;

/** `POST /api/v1/query`: the clients that a query matches. */
export function queryRoute(router: Router, limits: BodyLimits & { readonly maxBacklogBytes: number }): Route {
  return {
    method: "POST",
    path: "/api/v1/query",
    open: false,
    async answer(exchange, _params, caller) {
      const compiled = await readQuery(exchange, router, limits, caller);
      if ("status" in compiled) return compiled;
      const clients = describeClients(router.chooseAll(compiled.query), limits.maxBacklogBytes);
      return clients === null
        ? httpError("query/answer-too-large", { max_bytes: limits.maxBacklogBytes })
        : json(200, clients);
    },
  };
}

/** `POST /api/v1/explain`: per candidate, whether it matched and which op failed. `?limit=` bounds the list. */
export function explainRoute(router: Router, registry: Registry, limits: BodyLimits): Route {
  return {
    method: "POST",
    path: "/api/v1/explain",
    open: false,
    async answer(exchange, _params, caller) {
      const compiled = await readQuery(exchange, router, limits, caller);
      if ("status" in compiled) return compiled;
      const asked = Number(new URLSearchParams(exchange.query).get("limit") ?? defaultExplained);
      const limit = Number.isInteger(asked) && asked >= 0 ? Math.min(asked, maxExplained) : defaultExplained;
      return json(200, registry.engine.explain(compiled.query, { limit }));
    },
  };
}

/** Refuses a query that breaks the language's rules, or that its sender may not send; `prefix` points to where it stands. */
export function answerQueryRefusal(refused: QueryFault | ForbiddenQuery, prefix: string): Response {
  const { code, extraInfo } = describeRefusal(refused, prefix);
  return httpError(code, extraInfo);
}

type Compiled = Extract<QueryResult, { ok: true }>;

async function readQuery(
  exchange: Exchange,
  router: Router,
  limits: BodyLimits,
  { rights }: Caller,
): Promise<Compiled | Response> {
  const body = await readJson(exchange, limits);
  if (typeof body !== "string") return body;
  const compiled = router.compile(jsonCodec, body, rights);
  return compiled.ok ? compiled : answerQueryRefusal(compiled, "");
}
