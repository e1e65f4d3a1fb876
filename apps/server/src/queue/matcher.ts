import type { Query } from "@singyeong/query";
import type { Registry } from "../registry/registry.ts";
import type { Matcher } from "./machine/matcher.ts";
import type { Taker } from "./taker.ts";

/** Who may take what, by the clients that are registered. */
export function createClientMatcher({ engine }: Registry): Matcher<Taker> {
  /** What asks whether anybody matches: queries without what only chooses among those who do. */
  const bare = new WeakMap<Query, Query>();

  function bareOf(query: Query): Query {
    let made = bare.get(query);
    if (made === undefined) {
      made = { ...query, selector: null, key: null, probes: null, relaxed: null, plan: null };
      bare.set(query, made);
    }
    return made;
  }

  return {
    inForce(query) {
      if (query.relaxed === null) return query;
      return engine.chooseOne(bareOf(query)) === null ? query.relaxed : query;
    },
    keeps: (query, topic, taker) => (topic === null || taker.takesTopic(topic)) && engine.matches(query, taker.client),
    prefer(query, takers) {
      const clients = takers.map(({ client }) => client);
      return takers[clients.indexOf(engine.prefer(query, clients))]!;
    },
  };
}
