import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { QueueStore, StoreFault } from "../ports/queue-store.ts";
import { noTracer, type Tracer } from "../ports/tracer.ts";
import type { Registry } from "../registry/registry.ts";
import { createBodyCache } from "./body-cache.ts";
import { createCommitWatch } from "./commit-watch.ts";
import { createIntake, type Intake } from "./intake.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createLinger, type Linger } from "./linger.ts";
import { type Book, createBook } from "./machine/book.ts";
import { createMachine, type Machine } from "./machine/machine.ts";
import { leased } from "./machine/message-table.ts";
import type { Consumer } from "./machine/queue-state.ts";
import { createClientMatcher } from "./matcher.ts";
import { createMemoryBodies, type MemoryBodies } from "./memory-bodies.ts";
import { createMessageTraces, type MessageTraces } from "./message-traces.ts";
import { createPostman, type Failure, type Parcel } from "./postman.ts";
import { createQueueMetrics, type QueueMetrics } from "./queue-metrics.ts";
import { createQueueTime } from "./queue-time.ts";
import type { QueueLimits } from "./queues.ts";
import { listAhead } from "./read-ahead.ts";
import { createStandingRequests, type StandingRequests } from "./standing-requests.ts";
import { storePauseMs } from "./store-reading.ts";
import type { Taker } from "./taker.ts";

export interface EngineOptions {
  readonly store: QueueStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: QueueLimits;
  /** @default nobody follows messages */
  readonly tracer?: Tracer;
}

/** The machine, and around it the store and the way out: what plain queues and topics are made of. */
export interface Engine {
  readonly book: Book<Taker>;
  readonly machine: Machine<Taker>;
  readonly journal: Journal;
  readonly linger: Linger;
  readonly intake: Intake;
  readonly memory: MemoryBodies;
  readonly standing: StandingRequests;
  readonly metrics: QueueMetrics;
  readonly traces: MessageTraces;
  /** Why the store cannot write now; `null` where it can. */
  readonly fault: () => StoreFault | null;
  /** Milliseconds since the epoch that only grow. */
  readonly now: () => number;
  /** Numbers messages and their places. */
  readonly nextNumber: () => number;
  /** Goes on behind a number. */
  continueFrom(number: number): void;
  readonly lastNumber: () => number;
  /** The machine has come to rest: what it gave out is handed over. */
  readonly changed: () => void;
  /** Has somebody told whenever the machine has come to rest. */
  onRest(told: () => void): void;
}

/** Bodies of messages that were pushed just now and need not be read back, in bytes of memory. */
const cacheBytes = 16 * 1024 * 1024;
/** Deliveries are stored within twice this time, unless their messages are done with before. */
const lingerMs = 50;

export function createEngine(options: EngineOptions): Engine {
  const { store, registry, clock, logger, limits } = options;
  const now = createQueueTime(clock);
  let lastNumber = 0;
  const nextNumber = (): number => ++lastNumber;
  let rested = (): void => {};

  const book = createBook<Taker>();
  const { table } = book;
  const metrics = createQueueMetrics(options.metrics, book, now, () => store.usedBytes());
  const cache = createBodyCache(cacheBytes);
  const memory = createMemoryBodies(store);
  const commits = createCommitWatch(metrics, clock, logger);
  const traces = createMessageTraces(options.tracer ?? noTracer);
  const journal = createJournal({
    store,
    standing: (seq, slot) => (book.has({ slot, seq }) ? book.standing(slot) : null),
    pause: (run) => void clock.after(storePauseMs, run),
    onError: (error) => logger.error({ err: error }, "what a commit led to failed"),
    observe: commits,
  });
  const linger = createLinger(journal.moved, (run) => void clock.after(lingerMs, run));
  const machine = createMachine(book, createClientMatcher(registry), nextNumber, {
    give(slot, consumer) {
      const attempt = table.attempt.get(slot);
      const { queue, isVolatile } = book.laneOf(slot);
      metrics.given.total++;
      if (attempt > 1) metrics.redelivered.total++;
      else metrics.waitSeconds.observe(waitedMs(slot) / 1000);
      if (!isVolatile) linger.add(table.seq.get(slot), slot);
      standing.touch(consumer);
      postman.add({
        slot,
        seq: table.seq.get(slot),
        queue: queue.name,
        attempt,
        lease: table.lease.get(slot),
        bytes: table.bytes.get(slot),
        consumer,
      });
    },
    moved(slot) {
      if (book.laneOf(slot).isVolatile) return;
      const seq = table.seq.get(slot);
      linger.drop(seq);
      journal.moved(seq, slot);
    },
    removed(slot) {
      const seq = table.seq.get(slot);
      if (book.laneOf(slot).isVolatile) return memory.drop(seq);
      cache.drop(seq);
      linger.drop(seq);
      journal.removed(seq);
    },
    freed(consumer, comesBack) {
      if (comesBack) standing.moveBack(consumer);
      else standing.touch(consumer);
    },
    died(queue, cause, slot) {
      metrics.died[cause].total++;
      if (traces.isOn) traces.died(table.seq.get(slot), queue.name, cause);
      logger.info({ queue: queue.name, cause, trace: traces.traceOf(table.seq.get(slot)) }, "a message died");
    },
  });
  const standing = createStandingRequests(book, machine);
  const postman = createPostman({
    store: memory,
    cache: { ...cache, take: (seq) => memory.get(seq) ?? cache.take(seq) },
    isCurrent: ({ slot, seq, lease, consumer }) =>
      consumer.holds.get(seq) === slot && table.state.get(slot) === leased && table.lease.get(slot) === lease,
    ahead: ({ slot }) => listAhead(book, slot),
    isWaiting: book.has,
    failed: returned,
    elapsed: () => clock.elapsed(),
    pause: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
  });

  /** How long a message that is leased for the first time could have been. */
  function waitedMs(slot: number): number {
    return Math.max(0, now() - Math.max(table.pushedMs.get(slot), table.readyMs.get(slot)));
  }

  /** A parcel could not be handed over. */
  function returned({ seq, queue, consumer }: Parcel, failure: Failure, error: unknown): void {
    if (failure === "unreadable") {
      logger.error({ err: error, queue, seq }, "a stored message cannot be read");
      machine.lose(consumer, seq, now());
    } else {
      stop(consumer);
      machine.giveBack(consumer, seq, now());
    }
    standing.renew(now());
    rested();
  }

  /** One who takes no more does not ask again. */
  function stop(consumer: Consumer<Taker>): void {
    if (consumer.client.standing !== null) standing.stop(consumer);
  }

  function changed(): void {
    standing.renew(now());
    postman.deliver();
    rested();
  }

  const intake = createIntake({
    book,
    machine,
    journal,
    cache,
    memory,
    metrics,
    limits,
    usedBytes: () => store.usedBytes(),
    now,
    changed,
  });

  return {
    book,
    machine,
    journal,
    linger,
    intake,
    memory,
    standing,
    metrics,
    traces,
    fault: commits.fault,
    now,
    nextNumber,
    continueFrom(number) {
      lastNumber = number;
    },
    lastNumber: () => lastNumber,
    changed,
    onRest(told) {
      const before = rested;
      rested = () => {
        before();
        told();
      };
    },
  };
}
