import type { Delivery } from "../delivery/delivery.ts";
import { StoreError } from "../kernel/store-error.ts";
import type { RecoveredMessage } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import type { Router } from "../router/router.ts";
import { createQueueAdmin } from "./admin.ts";
import { createAlarm } from "./alarm.ts";
import { createConsumers } from "./consumers.ts";
import { createEngine, type Engine, type EngineOptions } from "./engine.ts";
import { createHandOver } from "./hand-over.ts";
import { createIdentities } from "./identities.ts";
import type { Consumer, QueueState } from "./machine/queue-state.ts";
import { parseMessageId } from "./message-id.ts";
import { createPushing } from "./pushing.ts";
import { type QueueRefusal, type Queues, refuse, type Settled } from "./queues.ts";
import { recover } from "./recovery.ts";
import { refuseQueue } from "./refuse-queue.ts";
import { createSuspended } from "./suspended.ts";
import type { Taker } from "./taker.ts";

export interface QueuesOptions extends EngineOptions {
  readonly router: Router;
  readonly delivery: Delivery;
}

/** Queues, and what they are made of, for whoever makes other things of it. */
export interface QueueBroker extends Queues {
  readonly engine: Engine;
  /** Has somebody told of the records, which are no messages, that `open` finds. */
  recordsTo(adopt: (record: RecoveredMessage) => void): void;
}

/** Messages dealt with in one go when they are due; others get their turn in between. */
const maxDue = 1000;

/** The queues of a server: the engine, and around it clients and the clock. */
export function createQueues(options: QueuesOptions): QueueBroker {
  const { store, registry, router, delivery, clock, logger, limits } = options;
  const engine = createEngine(options);
  const { book, machine, journal, intake, metrics, traces, now, changed } = engine;
  const consumers = createConsumers(limits, createHandOver(delivery, traces));
  const suspended = createSuspended(book, machine);
  const identities = createIdentities();
  let adopt = (_record: RecoveredMessage): void => {};
  const push = createPushing({
    book,
    intake,
    journal,
    identities,
    router,
    metrics,
    limits,
    nextSeq: engine.nextNumber,
    now,
  });

  function setAlarm(): void {
    const { first } = book.heap;
    alarm.by(Math.min(first === -1 ? Number.POSITIVE_INFINITY : book.table.dueMs.get(first), identities.nextMs()));
  }

  const alarm = createAlarm(clock, now, () => {
    machine.tick(now(), maxDue);
    for (let i = 0; i < maxDue; i++) {
      const over = identities.expire(now());
      if (over === null) break;
      journal.note({ kind: "forget", seq: over.seq });
    }
    changed();
  });
  engine.onRest(setAlarm);

  /** The consumer and the number of a message that a client speaks of, as far as there are such. */
  function findHeld(client: Client, queue: string, id: string): { consumer: Consumer<Taker>; seq: number } | null {
    const consumer = consumers.find(client);
    const seq = parseMessageId(id);
    const slot = seq === null ? undefined : consumer?.holds.get(seq);
    return slot !== undefined && book.laneOf(slot).queue.name === queue ? { consumer: consumer!, seq: seq! } : null;
  }

  function tellOnceStored(settled: Settled<void> | null): void {
    if (settled !== null) journal.afterwards((error) => error === null && settled());
  }

  const notLeased = (queue: string, id: string): QueueRefusal => refuse("queue/not-leased", { queue, id });

  // Targets with `optional` count anew when clients that are connected change.
  registry.observe({
    joined(client) {
      const consumer = consumers.find(client);
      if (consumer === undefined) return;
      suspended.resume(consumer, now());
      changed();
    },
    left(client) {
      const consumer = consumers.find(client);
      if (consumer !== undefined) suspended.suspend(consumer);
      machine.reconsiderOptional(now());
      changed();
    },
    changed(client) {
      const consumer = consumers.find(client);
      if (consumer !== undefined) machine.reconsider(consumer, now());
      machine.reconsiderOptional(now());
      changed();
    },
  });

  const admin = createQueueAdmin({
    book,
    machine,
    journal,
    store: { read: engine.memory.read, backup: store.backup },
    maxQueues: limits.maxQueues,
    lastSeq: engine.lastNumber,
    now,
    changed,
  });

  /** Messages that a consumer holds, and those that it has asked for. */
  function promisedTo(consumer: Consumer<Taker>): number {
    let count = 0;
    for (const [name, { leased }] of consumer.stakes) {
      count += leased + (book.queues.get(name)?.line.openOf(consumer) ?? 0);
    }
    return count;
  }

  return {
    engine,
    admin,
    fault: engine.fault,
    push,
    recordsTo(told) {
      adopt = told;
    },
    async open() {
      await store.open();
      const { greatestTurn, ...report } = await recover({ store, book, machine, identities, router, adopt });
      engine.continueFrom(greatestTurn);
      logger.info(report, "queues are read back");
      changed();
      return report;
    },
    request(client, name, count) {
      const refusal = refuseQueue(book, name, limits.maxQueues);
      if (refusal !== null) return refusal;
      const consumer = consumers.of(client);
      const max = limits.maxLeases;
      if (max > 0 && promisedTo(consumer) + count > max) return refuse("queue/too-many-requests", { max });
      const queue: QueueState<Taker> = book.queue(name);
      const taken = machine.request(consumer, queue, count, now());
      changed();
      return taken ? null : refuse("queue/too-many-requests", { open: queue.line.openOf(consumer) });
    },
    cancel(client, name) {
      const consumer = consumers.find(client);
      const queue = book.queues.get(name);
      if (consumer === undefined || queue === undefined) return;
      suspended.drop(consumer, name);
      machine.cancel(consumer, queue);
    },
    ack(client, queue, id, settled) {
      const held = findHeld(client, queue, id);
      if (held === null) return notLeased(queue, id);
      machine.ack(held.consumer, held.seq);
      metrics.acked.total++;
      if (traces.isOn) traces.settled("ack", { client, seq: held.seq, destination: queue });
      tellOnceStored(settled);
      return null;
    },
    nack(client, queue, id, { delayMs, dead }, settled) {
      const held = findHeld(client, queue, id);
      if (held === null || !machine.nack(held.consumer, held.seq, delayMs, dead, now())) return notLeased(queue, id);
      metrics.nacked.total++;
      if (traces.isOn) traces.settled("nack", { client, seq: held.seq, destination: queue });
      tellOnceStored(settled);
      changed();
      return null;
    },
    extend(client, queue, id, ms) {
      const held = findHeld(client, queue, id);
      if (held === null || !machine.extend(held.consumer, held.seq, ms, now())) return notLeased(queue, id);
      changed();
      return null;
    },
    release(client) {
      const consumer = consumers.remove(client);
      if (consumer === undefined) return;
      suspended.drop(consumer);
      machine.release(consumer, now());
      changed();
    },
    async close() {
      engine.linger.flush();
      await journal.idle();
      return shut();
    },
    kill: () => shut(),
  };

  function shut(): Promise<void> {
    alarm.stop();
    journal.stop(new StoreError("io", "the server has stopped"));
    return store.close();
  }
}
