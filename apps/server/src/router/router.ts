import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Query, QueryFault, QueryResult } from "@singyeong/query";
import type { Rights } from "../access/rights.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { createQueryCache } from "./query-cache.ts";

/** Why somebody may not send to whom a query names; `at` points into the query. */
export interface ForbiddenQuery {
  readonly ok: false;
  readonly code: "auth/forbidden";
  readonly at: string;
  readonly message: string;
}

/** What becomes of somebody's query. */
export type CompileResult = QueryResult | ForbiddenQuery;

/** Finds who gets a message: query × registry → targets. */
export interface Router {
  /**
   * Compiles a query as it came in a frame or a body from somebody with such rights, `null` for no bound: it may name
   * applications that they permit alone, and keeps clients of their namespace alone ([AU-6], [AU-9]).
   */
  compile(codec: Codec, raw: Raw, rights: Rights | null): CompileResult;
  /** Compiles a query that was permitted, of somebody of this namespace; `null` is none. */
  compileWithin(codec: Codec, raw: Raw, namespace: string | null): QueryResult;
  /** One client of the matching set; `null` where there is none. Clients that are not `eligible` do not count. */
  chooseOne(query: Query, eligible?: (client: Client) => boolean): Client | null;
  /** The whole matching set. */
  chooseAll(query: Query): Client[];
}

export function createRouter(registry: Registry, metrics: Metrics): Router {
  const { engine } = registry;
  const cache = createQueryCache();
  const unroutable = metrics.counter("singyeong_unroutable_total", "Routing decisions that found no client.");
  return {
    compile(codec, raw, rights) {
      if (rights === null) return cache.compile(codec, raw, null);
      const compiled = cache.compile(codec, raw, rights.namespace);
      return compiled.ok ? (findForbidden(compiled.query, rights) ?? compiled) : compiled;
    },
    compileWithin: cache.compile,
    chooseOne(query, eligible) {
      const chosen = engine.chooseOne(query, eligible);
      if (chosen === null) unroutable.total++;
      return chosen;
    },
    chooseAll(query) {
      const chosen = engine.chooseAll(query);
      if (chosen.length === 0) unroutable.total++;
      return chosen;
    },
  };
}

function findForbidden({ application }: Query, rights: Rights): ForbiddenQuery | null {
  if (rights.maySendToAll || (application !== null && rights.maySend(application))) return null;
  const message =
    application === null
      ? "expected the name of one application, for this sender may not reach all"
      : `this sender may not reach ${JSON.stringify(application.slice(0, 256))}`;
  return { ok: false, code: "auth/forbidden", at: "/application", message };
}

/** The row of the table of errors, and `extra_info`, for a query that is refused; `prefix` points to where it stands. */
export function describeRefusal(refused: QueryFault | ForbiddenQuery, prefix: string) {
  const at = `${prefix}${refused.at}`;
  const { message } = refused;
  return refused.code === "auth/forbidden"
    ? ({ code: refused.code, extraInfo: { at, message } } as const)
    : ({ code: "query/invalid", extraInfo: { at, rule: refused.code, message } } as const);
}
