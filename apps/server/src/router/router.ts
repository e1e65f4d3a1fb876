import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Query, QueryResult } from "@singyeong/query";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { createQueryCache } from "./query-cache.ts";

/** Finds who gets a message: query × registry → targets. */
export interface Router {
  /** Compiles a query as it came in a frame or a body. */
  compile(codec: Codec, raw: Raw): QueryResult;
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
    compile: cache.compile,
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
