import type { EventDelivery } from "./delivery.ts";
import { segmentsOf } from "./pattern.ts";
import type { Subscriber } from "./subscriber.ts";

/** The subscriptions of this client, which the server knows as one member of each group. */
export interface Members {
  readonly all: Set<Subscriber>;
  /** The one that an event belongs to: of those that it fits, the one with the most room. */
  ownerOf(delivery: EventDelivery): Subscriber | null;
  /** The others of a subscription's group that are open and have one of its patterns, too. The server knows the pattern only once. */
  sharersOf(subscriber: Subscriber): readonly Subscriber[];
}

export function createMembers(): Members {
  const all = new Set<Subscriber>();
  return {
    all,
    ownerOf({ group, topic }) {
      const segments = segmentsOf(topic);
      let owner: Subscriber | null = null;
      for (const one of all) {
        if (one.group === group && one.covers(segments) && (owner === null || one.room > owner.room)) owner = one;
      }
      return owner;
    },
    sharersOf: (subscriber) =>
      [...all].filter(
        (one) =>
          one !== subscriber &&
          one.open &&
          one.group === subscriber.group &&
          one.topics.some((topic) => subscriber.topics.includes(topic)),
      ),
  };
}
