import type { Delivery } from "../delivery/delivery.ts";
import { StoreError } from "../kernel/store-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../router/router.ts";
import { createQueueAdmin } from "./admin.ts";
import { createAlarm } from "./alarm.ts";
import { createBodyCache } from "./body-cache.ts";
import { createCommitWatch } from "./commit-watch.ts";
import { createConsumers } from "./consumers.ts";
import { createIdentities } from "./identities.ts";
import { createJournal } from "./journal.ts";
import { createLinger } from "./linger.ts";
import { createBook } from "./machine/book.ts";
import { createMachine } from "./machine/machine.ts";
import { leased } from "./machine/message-table.ts";
import type { Consumer, QueueState } from "./machine/queue-state.ts";
import { createClientMatcher } from "./matcher.ts";
import { parseMessageId } from "./message-id.ts";
import { createPostman, type Failure, type Parcel } from "./postman.ts";
import { createPushing } from "./pushing.ts";
import { createQueueMetrics } from "./queue-metrics.ts";
import { createQueueTime } from "./queue-time.ts";
import { type QueueLimits, type QueueRefusal, type Queues, refuse, type Settled } from "./queues.ts";
import { listAhead } from "./read-ahead.ts";
import { recover } from "./recovery.ts";
import { refuseQueue } from "./refuse-queue.ts";
import { storePauseMs } from "./store-reading.ts";

export interface QueuesOptions {
  readonly store: QueueStore;
  readonly registry: Registry;
  readonly router: Router;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: QueueLimits;
}

/** Bodies of messages that were pushed just now and need not be read back, in bytes of memory. */
const cacheBytes = 16 * 1024 * 1024;
/** Deliveries are stored within twice this time, unless their messages are done with before. */
const lingerMs = 50;
/** Messages dealt with in one go when they are due; others get their turn in between. */
const maxDue = 1000;

/** The queues of a server: the machine, and around it the store, the clients and the clock. */
export function createQueues(options: QueuesOptions): Queues {
  const { store, registry, router, delivery, clock, logger, limits } = options;
  const now = createQueueTime(clock);
  const consumers = createConsumers();
  let lastNumber = 0;
  const nextNumber = (): number => ++lastNumber;

  const book = createBook<Client>();
  const { table } = book;
  const metrics = createQueueMetrics(options.metrics, book, now, () => store.usedBytes());
  const identities = createIdentities();
  const cache = createBodyCache(cacheBytes);
  const journal = createJournal({
    store,
    standing: (seq, slot) => (book.has({ slot, seq }) ? book.standing(slot) : null),
    pause: (run) => void clock.after(storePauseMs, run),
    onError: (error) => logger.error({ err: error }, "what a commit led to failed"),
    observe: createCommitWatch(metrics, clock, logger),
  });
  const linger = createLinger(journal.moved, (run) => void clock.after(lingerMs, run));
  const machine = createMachine(
    book,
    createClientMatcher(registry),
    { leaseMs: limits.queueLeaseMs, retryMs: limits.queueRetryMs },
    nextNumber,
    {
      give(slot, consumer) {
        const attempt = table.attempt.get(slot);
        metrics.given.total++;
        if (attempt > 1) metrics.redelivered.total++;
        linger.add(table.seq.get(slot), slot);
        postman.add({
          slot,
          seq: table.seq.get(slot),
          queue: book.laneOf(slot).queue.name,
          attempt,
          lease: table.lease.get(slot),
          bytes: table.bytes.get(slot),
          consumer,
        });
      },
      moved(slot) {
        const seq = table.seq.get(slot);
        linger.drop(seq);
        journal.moved(seq, slot);
      },
      removed(seq) {
        cache.drop(seq);
        linger.drop(seq);
        journal.removed(seq);
      },
      died(queue, cause) {
        metrics.died[cause].total++;
        logger.info({ queue: queue.name, cause }, "a message died");
      },
    },
  );
  const postman = createPostman({
    store,
    cache,
    delivery,
    isCurrent: ({ slot, seq, lease, consumer }) =>
      consumer.holds.get(seq) === slot && table.state.get(slot) === leased && table.lease.get(slot) === lease,
    ahead: ({ slot }) => listAhead(book, slot),
    isWaiting: book.has,
    failed: returned,
    elapsed: () => clock.elapsed(),
    pause: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
  });
  const push = createPushing({
    book,
    machine,
    journal,
    identities,
    cache,
    router,
    metrics,
    limits,
    usedBytes: () => store.usedBytes(),
    nextSeq: nextNumber,
    now,
    changed,
  });

  /** A parcel could not be handed over. */
  function returned({ seq, queue, consumer }: Parcel, failure: Failure, error: unknown): void {
    if (failure === "unreadable") {
      logger.error({ err: error, queue, seq }, "a stored message cannot be read");
      machine.lose(consumer, seq, now());
    } else machine.giveBack(consumer, seq, now());
    setAlarm();
  }

  /** The machine has come to rest: what it gave out is handed over, and the clock is set for what is due next. */
  function changed(): void {
    postman.deliver();
    setAlarm();
  }

  function setAlarm(): void {
    const { first } = book.heap;
    alarm.by(Math.min(first === -1 ? Number.POSITIVE_INFINITY : table.dueMs.get(first), identities.nextMs()));
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

  /** The consumer and the number of a message that a client speaks of, as far as there are such. */
  function findHeld(client: Client, queue: string, id: string): { consumer: Consumer<Client>; seq: number } | null {
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
    joined() {},
    left(client) {
      const consumer = consumers.find(client);
      if (consumer !== undefined) for (const name of [...consumer.stakes.keys()]) cancel(consumer, name);
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

  function cancel(consumer: Consumer<Client>, name: string): void {
    const queue = book.queues.get(name);
    if (queue !== undefined) machine.cancel(consumer, queue);
  }

  const admin = createQueueAdmin({
    book,
    machine,
    journal,
    store,
    maxQueues: limits.maxQueues,
    lastSeq: () => lastNumber,
    now,
    changed,
  });

  return {
    admin,
    push,
    async open() {
      await store.open();
      const { greatestTurn, ...report } = await recover({ store, book, machine, identities, router });
      lastNumber = greatestTurn;
      logger.info(report, "queues are read back");
      changed();
      return report;
    },
    request(client, name, count) {
      const refusal = refuseQueue(book, name, limits.maxQueues);
      if (refusal !== null) return refusal;
      const queue: QueueState<Client> = book.queue(name);
      const taken = machine.request(consumers.of(client), queue, count, now());
      changed();
      return taken ? null : refuse("queue/too-many-requests", { open: queue.line.openOf(consumers.of(client)) });
    },
    cancel(client, name) {
      const consumer = consumers.find(client);
      if (consumer !== undefined) cancel(consumer, name);
    },
    ack(client, queue, id, settled) {
      const held = findHeld(client, queue, id);
      if (held === null) return notLeased(queue, id);
      machine.ack(held.consumer, held.seq);
      metrics.acked.total++;
      tellOnceStored(settled);
      return null;
    },
    nack(client, queue, id, { delayMs, dead }, settled) {
      const held = findHeld(client, queue, id);
      if (held === null || !machine.nack(held.consumer, held.seq, delayMs, dead, now())) return notLeased(queue, id);
      metrics.nacked.total++;
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
      machine.release(consumer, now());
      changed();
    },
    async close() {
      linger.flush();
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
