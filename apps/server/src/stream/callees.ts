import type { Query } from "@singyeong/query";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../router/router.ts";
import type { EndTable } from "./client-ends.ts";
import { streamCap } from "./streams.ts";

/** Finds who is called. */
export interface Callees {
  /** A client that a query keeps and that takes calls, other than those passed over; `null` where there is none. */
  choose(query: Query, passedOver: ReadonlySet<Client> | null): Client | null;
  /** Whether a client may be one that a waiting call has waited for. */
  mayTake(client: Client, query: Query): boolean;
  takesCalls(client: Client): boolean;
}

export function createCallees(router: Router, { engine }: Registry, ends: EndTable, maxStreams: number): Callees {
  function takesCalls(client: Client): boolean {
    return client.caps.includes(streamCap) && ends.count(client) < maxStreams;
  }

  return {
    takesCalls,
    choose(query, passedOver) {
      // Nearly always whoever comes first takes calls, and then nobody else needs to be asked.
      const first = passedOver === null ? router.chooseOne(query) : null;
      if (first !== null && takesCalls(first)) return first;
      if (first === null && passedOver === null) return null;
      return router.chooseOne(query, (client) => takesCalls(client) && passedOver?.has(client) !== true);
    },
    mayTake: (client, query) =>
      takesCalls(client) &&
      (engine.matches(query, client) || (query.relaxed !== null && engine.matches(query.relaxed, client))),
  };
}
