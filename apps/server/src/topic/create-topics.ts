import type { Raw } from "@singyeong/protocol/codec";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Random } from "../ports/random.ts";
import { createAlarm } from "../queue/alarm.ts";
import type { QueueBroker } from "../queue/broker.ts";
import type { Consumer } from "../queue/machine/queue-state.ts";
import { parseMessageId } from "../queue/message-id.ts";
import { refuse, type Settled } from "../queue/queues.ts";
import type { Taker } from "../queue/taker.ts";
import { groupPrefix, retainedQueue } from "../queue/topic-lane.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../router/router.ts";
import { createAnswers } from "./answers.ts";
import { createCopying } from "./copying.ts";
import { createEvents } from "./events.ts";
import { createFill } from "./filling.ts";
import { createGroups } from "./groups.ts";
import { createKeeping } from "./keeping.ts";
import { createMembers } from "./members.ts";
import { parsePattern } from "./pattern.ts";
import { createPatternIndex, type PatternIndex } from "./pattern-index.ts";
import { createPublishing } from "./publishing.ts";
import { readPattern } from "./records.ts";
import { createSubscribing } from "./subscribing.ts";
import { createSweeping } from "./sweeping.ts";
import { createTopicMetrics } from "./topic-metrics.ts";
import type { EventOutcome, TopicLimits, Topics } from "./topics.ts";

export interface TopicsOptions {
  /** What groups' queues are made in. Not open yet. */
  readonly queues: QueueBroker;
  readonly registry: Registry;
  readonly router: Router;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly limits: TopicLimits;
}

/** An event that a client has. */
interface Held {
  readonly consumer: Consumer<Taker>;
  readonly seq: number;
  readonly queue: string;
  readonly topic: string;
}

/** What is over is looked for no more often than this: what is asked for in between is looked at anyway. */
const roundMs = 1000;

/** The topics of a server, over the engine of its queues. */
export function createTopics(options: TopicsOptions): Topics {
  const { queues, registry, router, clock, wheel, random, limits } = options;
  const { engine } = queues;
  const { book, machine, journal, standing, now, changed } = engine;
  const memoryTopics = readMemoryTopics(limits.memoryTopics);
  const answers = createAnswers(wheel, clock);
  const keeping = createKeeping(engine, limits);
  const groups = createGroups(engine, createSweeping(engine, clock), limits.maxQueues, limits.topicGroupMs);
  const metrics = createTopicMetrics(options.metrics, {
    groups: () => groups.size,
    retained: () => keeping.size,
    memoryBytes: () => keeping.memoryBytes,
  });
  const members = createMembers(engine, groups, createEvents(engine, answers, metrics, clock), limits.topicAckMs);
  const copying = createCopying(engine, limits.queueMaxAttempts);
  const fill = createFill({ engine, clock, router, groups, keeping, copying, answers, limits });
  const subscribe = createSubscribing({ engine, groups, members, fill, limits });
  const publish = createPublishing({
    engine,
    router,
    groups,
    keeping,
    copying,
    answers,
    metrics,
    memoryTopics,
    limits,
    run: Buffer.from(random.bytes(4)).toString("hex"),
    kept: setAlarm,
  });

  queues.recordsTo((record) => {
    if (record.queue === retainedQueue) keeping.restore(record);
    else groups.restore(record.seq, readPattern(record));
  });

  const alarm = createAlarm(clock, now, () => {
    groups.expire();
    keeping.expire();
    setAlarm();
  });

  function setAlarm(): void {
    alarm.by(Math.min(groups.nextMs(), Math.max(keeping.nextMs(), now() + roundMs)));
  }

  registry.observe({
    joined(client) {
      const member = members.find(client);
      if (member === undefined) return;
      for (const { consumer } of member.subscriptions) standing.start(consumer, now());
      changed();
    },
    left(client) {
      for (const { consumer } of members.find(client)?.subscriptions ?? []) standing.stop(consumer);
    },
    changed(client) {
      const member = members.find(client);
      if (member === undefined) return;
      for (const { consumer } of member.subscriptions) machine.reconsider(consumer, now());
      changed();
    },
  });

  /** The consumer, number and queue of an event that a client speaks of, as far as there is such a one. */
  function findHeld(client: Client, id: string): Held | null {
    const seq = parseMessageId(id);
    const slot = seq === null ? undefined : members.find(client)?.holds.get(seq);
    if (slot === undefined) return null;
    const { queue, topic } = book.laneOf(slot);
    return { consumer: book.holders.get(slot)!, seq: seq!, queue: queue.name, topic: topic!.text };
  }

  function traceSettled(how: "ack" | "nack", client: Client, { seq, queue, topic }: Held): void {
    const group = queue.slice(groupPrefix.length);
    engine.traces.settled(how, { client, seq, destination: topic, group });
  }

  function settle(queue: string, settled: Settled<void> | null): EventOutcome {
    if (settled !== null) journal.afterwards((error) => error === null && settled());
    changed();
    return { ok: true, queue };
  }

  const notLeased = (id: string): EventOutcome => refuse("queue/not-leased", { id });

  return {
    publish,
    subscribe,
    open() {
      keeping.restored();
      groups.restored();
      setAlarm();
    },
    unsubscribe(client, patterns, group) {
      const byGroup = members.find(client)?.byGroup ?? new Map();
      for (const name of group === null ? [...byGroup.keys()] : [group]) {
        for (const text of patterns) {
          const subscription = byGroup.get(name)?.get(text);
          const pattern = subscription?.patterns.get(text);
          if (pattern !== undefined) members.leave(subscription, pattern);
        }
      }
      setAlarm();
      changed();
    },
    ack(client, id, settled) {
      const held = findHeld(client, id);
      if (held === null) return notLeased(id);
      if (engine.traces.isOn) traceSettled("ack", client, held);
      machine.ack(held.consumer, held.seq);
      engine.metrics.acked.total++;
      return settle(held.queue, settled);
    },
    nack(client, id, delayMs, settled) {
      const held = findHeld(client, id);
      if (held === null || !machine.nack(held.consumer, held.seq, delayMs, false, now())) return notLeased(id);
      engine.metrics.nacked.total++;
      if (engine.traces.isOn) traceSettled("nack", client, held);
      return settle(held.queue, settled);
    },
    reply(client: Client, id: string, payload: Raw) {
      const seq = parseMessageId(id);
      if (seq !== null && answers.answer(client, seq, payload)) metrics.replies.total++;
    },
    release(client) {
      answers.release(client);
      members.release(client);
      setAlarm();
      changed();
    },
    stop: alarm.stop,
  };
}

function readMemoryTopics(texts: readonly string[]): PatternIndex<null> {
  const index = createPatternIndex<null>();
  for (const text of texts) {
    const pattern = parsePattern(text);
    if (pattern === null) throw new Error(`memoryTopics names ${JSON.stringify(text)}, which is no pattern of topics`);
    index.add(pattern, null);
  }
  return index;
}
