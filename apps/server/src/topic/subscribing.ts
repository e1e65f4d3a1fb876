import type { Engine } from "../queue/engine.ts";
import { refuseBy } from "../queue/intake.ts";
import type { Refused, Settled } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import type { Fill } from "./filling.ts";
import { type Group, type GroupPattern, type Groups, tooMany } from "./groups.ts";
import type { Members } from "./members.ts";
import type { Pattern } from "./pattern.ts";
import type { SubscriptionTerms, TopicLimits } from "./topics.ts";

export interface SubscribingOptions {
  readonly engine: Engine;
  readonly groups: Groups;
  readonly members: Members;
  readonly fill: Fill;
  readonly limits: Pick<TopicLimits, "maxSubscriptions" | "maxDiskBytes">;
}

/** Makes clients members of groups, and groups have patterns. */
export function createSubscribing({ engine, groups, members, fill, limits }: SubscribingOptions) {
  const { journal, nextNumber, changed } = engine;

  /** Gives a group the patterns that it lacks, and begins to store them. */
  function addAll(group: Group, patterns: readonly Pattern[], fromEarliest: boolean): () => void {
    const before = nextNumber();
    const since = fromEarliest ? 0 : before;
    const added = patterns.map((pattern) => groups.add(group, pattern, since, !fromEarliest));
    return () => {
      if (fromEarliest) fill(group, added, before);
      else groups.store(added);
    };
  }

  return (client: Client, terms: SubscriptionTerms, settled: Settled<Refused>): void => {
    const { patterns, group: name, fromEarliest } = terms;
    const count = members.countWith(
      client,
      name,
      patterns.map(({ text }) => text),
    );
    if (count > limits.maxSubscriptions) return settled(tooMany("subscriptions", limits.maxSubscriptions));
    const group = groups.open(name);
    if ("ok" in group) return settled(group);
    const fresh = patterns.filter(({ text }) => !group.patterns.has(text));
    const refusal = groups.refusePatterns(fresh);
    if (refusal !== null) {
      groups.sweep(group);
      return settled(refusal);
    }

    const store = fresh.length > 0 ? addAll(group, fresh, fromEarliest) : null;
    const subscription = members.subscribe(client, group, terms);
    let isTold = false;
    /** What is not certain yet: each pattern that is on its way to the disk, and what others noted before. */
    let open = 1;
    for (const { text } of patterns) {
      const pattern = group.patterns.get(text)!;
      members.enter(subscription, pattern);
      if (pattern.isFilled) members.take(subscription, pattern);
      if (pattern.waiting === null) continue;
      open++;
      pattern.waiting.push((failure) => arrive(pattern, failure));
    }
    changed();
    store?.();
    journal.afterwards((error) => close(error === null ? null : refuseBy(error, limits.maxDiskBytes)));

    function arrive(pattern: GroupPattern, failure: Refused): void {
      if (failure !== null) members.leave(subscription, pattern);
      else members.take(subscription, pattern);
      close(failure);
      changed();
    }

    /** Who is refused is told at once: what others noted may wait for a disk that fails. */
    function close(failure: Refused): void {
      open--;
      if (isTold || (failure === null && open > 0)) return;
      isTold = true;
      settled(failure);
    }
  };
}
