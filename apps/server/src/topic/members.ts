import type { Engine } from "../queue/engine.ts";
import type { Consumer } from "../queue/machine/queue-state.ts";
import type { Taker } from "../queue/taker.ts";
import type { Client } from "../registry/client.ts";
import type { Events } from "./events.ts";
import type { Group, GroupPattern, Groups } from "./groups.ts";
import { createPatternSet, type PatternSet } from "./pattern-set.ts";
import type { SubscriptionTerms } from "./topics.ts";

/** What was said in one `SUBSCRIBE`, as far as it was not replaced. */
export interface Subscription {
  readonly member: Member;
  readonly group: Group;
  readonly consumer: Consumer<Taker>;
  readonly patterns: Map<string, GroupPattern>;
  /** Those of them whose messages it gets. */
  readonly taken: PatternSet;
}

/** A client that subscribes. */
export interface Member {
  readonly client: Client;
  /** Slots, by seq, of the events that it has, or had last while nobody else got them. */
  readonly holds: Map<number, number>;
  /** By group, its subscriptions by pattern. */
  readonly byGroup: Map<string, Map<string, Subscription>>;
  readonly subscriptions: Set<Subscription>;
}

/** Clients that subscribe, and have not gone. */
export interface Members {
  of(client: Client): Member;
  find(client: Client): Member | undefined;
  /** How many patterns a client would have, were it to subscribe to some more. */
  countWith(client: Client, group: string, patterns: Iterable<string>): number;
  /** A subscription without patterns; or that one of the client which would lose all of its own, under the new terms. */
  subscribe(client: Client, group: Group, terms: SubscriptionTerms): Subscription;
  /** Gives a subscription a pattern, which another one of the client may have lost thereby. */
  enter(subscription: Subscription, pattern: GroupPattern): void;
  /** It gets what matches the pattern, where it still has it. */
  take(subscription: Subscription, pattern: GroupPattern): void;
  /** Takes a pattern from it. */
  leave(subscription: Subscription, pattern: GroupPattern): void;
  release(client: Client): void;
}

/** Messages on their way at a time to a subscription that does not acknowledge. */
const maxPassing = 256;

export function createMembers(engine: Engine, groups: Groups, events: Events, ackMs: number): Members {
  const { book, machine, standing, now } = engine;
  const members = new Map<Client, Member>();

  function of(client: Client): Member {
    const known = members.get(client);
    if (known !== undefined) return known;
    const member: Member = { client, holds: new Map(), byGroup: new Map(), subscriptions: new Set() };
    members.set(client, member);
    return member;
  }

  function drop({ member, group, patterns, taken }: Subscription, pattern: GroupPattern): void {
    const { text } = pattern.pattern;
    patterns.delete(text);
    taken.remove(pattern.pattern);
    const own = member.byGroup.get(group.name)!;
    own.delete(text);
    if (own.size === 0) member.byGroup.delete(group.name);
  }

  /** What has no patterns left asks for nothing more; what it holds it may settle. */
  function retire(subscription: Subscription): void {
    if (subscription.patterns.size > 0) return;
    subscription.member.subscriptions.delete(subscription);
    standing.stop(subscription.consumer);
  }

  function leave(subscription: Subscription, pattern: GroupPattern): void {
    if (subscription.patterns.get(pattern.pattern.text) !== pattern) return;
    drop(subscription, pattern);
    groups.leave(pattern);
    retire(subscription);
  }

  /** The subscription whose patterns are all to be had by another one: what it holds counts for that one. */
  function findReplaced(
    { byGroup }: Member,
    { name }: Group,
    { patterns }: SubscriptionTerms,
  ): Subscription | undefined {
    const texts = new Set(patterns.map(({ text }) => text));
    const mine = new Set(byGroup.get(name)?.values());
    return [...mine].find((subscription) => [...subscription.patterns.keys()].every((text) => texts.has(text)));
  }

  return {
    of,
    leave,
    find: (client) => members.get(client),
    countWith(client, group, patterns) {
      const { byGroup } = of(client);
      let count = 0;
      for (const own of byGroup.values()) count += own.size;
      for (const text of patterns) if (byGroup.get(group)?.has(text) !== true) count++;
      return count;
    },
    subscribe(client, group, terms) {
      const member = of(client);
      const taken = createPatternSet();
      const { isUnacked } = terms;
      const maxHeld = isUnacked ? maxPassing : terms.maxInFlight;
      const handOver = isUnacked ? events.handOverOnce : events.handOver;
      const leaseMs = isUnacked ? ackMs : (terms.ackMs ?? ackMs);
      const replaced = findReplaced(member, group, terms);
      if (replaced !== undefined) {
        const { consumer } = replaced;
        consumer.leaseMs = leaseMs;
        consumer.client.handOver = handOver;
        consumer.client.standing!.maxHeld = maxHeld;
        return replaced;
      }
      const standing = { queue: group.queue, maxHeld, passing: 0, isOn: false };
      const taker: Taker = { client, standing, takesTopic: taken.covers, handOver };
      const consumer = { client: taker, leaseMs, retryMs: 0, holds: member.holds, stakes: new Map() };
      const subscription: Subscription = { member, group, consumer, patterns: new Map(), taken };
      member.subscriptions.add(subscription);
      return subscription;
    },
    enter(subscription, pattern) {
      const { member, group } = subscription;
      const { text } = pattern.pattern;
      if (subscription.patterns.has(text)) return;
      // First in, then out: the group never lacks it in between.
      groups.enter(pattern);
      const before = member.byGroup.get(group.name)?.get(text);
      if (before !== undefined) leave(before, pattern);
      subscription.patterns.set(text, pattern);
      const own = member.byGroup.get(group.name);
      if (own === undefined) member.byGroup.set(group.name, new Map([[text, subscription]]));
      else own.set(text, subscription);
    },
    take(subscription, pattern) {
      const { patterns, taken, member, consumer } = subscription;
      if (patterns.get(pattern.pattern.text) !== pattern) return;
      taken.add(pattern.pattern);
      if (member.client.membership !== null) standing.start(consumer, now());
    },
    release(client) {
      const member = members.get(client);
      if (member === undefined) return;
      members.delete(client);
      const consumers = new Set([...member.holds.values()].map((slot) => book.holders.get(slot)!));
      for (const subscription of member.subscriptions) {
        consumers.add(subscription.consumer);
        for (const pattern of [...subscription.patterns.values()]) leave(subscription, pattern);
      }
      for (const consumer of consumers) standing.stop(consumer);
      for (const consumer of consumers) machine.release(consumer, now());
    },
  };
}
