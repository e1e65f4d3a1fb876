import type { Query } from "@singyeong/query";
import { memoize } from "../kernel/memo.ts";
import type { Client } from "../registry/client.ts";
import type { Router } from "../router/router.ts";
import type { Circuits } from "./circuits.ts";
import { httpCap } from "./over-connection/http-servers.ts";
import type { Exchanger, ServedClients } from "./target.ts";
import { readTargetBase, type TargetBase } from "./target-base.ts";

/** How a client is reached: over its connection, or at the address that it announced, which may be none. */
export type Place = { readonly exchanger: Exchanger } | { readonly base: TargetBase | null };

/** Clients that requests may go to. */
export interface Targets {
  /** One of those that a query keeps, can be reached, are not passed over, and whose circuits admit a request. */
  choose(
    query: Query,
    eligible: Eligible | null,
    passedOver: ReadonlySet<Client>,
  ): Client | "no-match" | "circuit-open";
  placeOf(client: Client): Place;
}

type Eligible = (client: Client) => boolean;

/** Announced addresses that are kept read. */
const maxBases = 4096;

export function createTargets(router: Router, served: ServedClients, circuits: Circuits): Targets {
  const baseOf = memoize(maxBases, readTargetBase);

  /** A client that may serve over its connection is dialled at what it announced alone, not at its peer address ([PX-10]). */
  function isReachable(client: Client): boolean {
    const { caps, base, peer } = client;
    return !caps.includes(httpCap) || base.ip !== peer || served.find(client) !== null;
  }

  function isAdmitted(client: Client): boolean {
    if (served.find(client) !== null) return true;
    const base = baseOf(client.base.ip!);
    return base === null || circuits.admits(base.origin);
  }

  return {
    choose(query, eligible, passedOver) {
      const mayServe = (client: Client): boolean =>
        !client.restricted &&
        client.base.ip !== null &&
        !passedOver.has(client) &&
        isReachable(client) &&
        (eligible?.(client) ?? true);
      if (circuits.openCount === 0) return router.chooseOne(query, mayServe) ?? "no-match";
      const chosen = router.chooseOne(query, (client) => mayServe(client) && isAdmitted(client));
      return chosen ?? (router.chooseOne(query, mayServe) === null ? "no-match" : "circuit-open");
    },
    placeOf(client) {
      const exchanger = served.find(client);
      return exchanger === null ? { base: baseOf(client.base.ip!) } : { exchanger };
    },
  };
}
