import type { Value } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import type { Query } from "@singyeong/query";
import type { Delivery } from "../delivery/delivery.ts";
import type { HookServer } from "../ports/hooks.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../router/router.ts";
import { toHookClient } from "./hook-client.ts";

/** What plugins may do with this server. */
export function createHookServer(registry: Registry, router: Router, delivery: Delivery): HookServer {
  function compile(query: Value): Query {
    const compiled = router.compile(jsonCodec, jsonCodec.encode(query), null);
    if (compiled.ok) return compiled.query;
    throw new TypeError(`the query is invalid at ${compiled.at || "its top"}: ${compiled.message}`);
  }

  return {
    clients: () => Array.from(registry.all(), toHookClient),
    query: (query) => router.chooseAll(compile(query)).map(toHookClient),
    dispatch(kind, query, event, payload) {
      const compiled = compile(query);
      const message = { event, codec: jsonCodec, nonce: undefined, payload: jsonCodec.encode(payload) };
      if (kind === "all") return delivery.toMany(router.chooseAll(compiled), message);
      const client = router.chooseOne(compiled);
      return client !== null && delivery.toOne(client, message) ? 1 : 0;
    },
  };
}
