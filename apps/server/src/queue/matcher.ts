import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import type { Matcher } from "./machine/matcher.ts";

/** Who may take what, by the clients that are registered. */
export function createClientMatcher({ engine }: Registry): Matcher<Client> {
  return {
    inForce(query) {
      if (query.relaxed === null) return query;
      // The engine sets ops aside itself where nobody matches: whom it chooses tells whether it did.
      const chosen = engine.chooseOne(query);
      return chosen !== null && engine.matches(query, chosen) ? query : query.relaxed;
    },
    keeps: (query, client) => engine.matches(query, client),
    prefer: (query, clients) => engine.prefer(query, clients),
  };
}
