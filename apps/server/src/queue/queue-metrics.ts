import type { Histogram, Metrics, Sample, Tally } from "../ports/metrics.ts";
import type { DeathCause } from "../ports/queue-store.ts";
import { type Book, oldestReadyMs } from "./machine/book.ts";

/** What is counted about queues. */
export interface QueueMetrics {
  readonly pushed: Tally;
  readonly duplicates: Tally;
  readonly given: Tally;
  /** Given not for the first time. */
  readonly redelivered: Tally;
  readonly acked: Tally;
  readonly nacked: Tally;
  readonly died: Readonly<Record<DeathCause, Tally>>;
  readonly commits: Tally;
  readonly commitChanges: Tally;
  readonly commitFailures: Tally;
  readonly commitSeconds: Histogram;
  /** Of messages that are leased for the first time. */
  readonly waitSeconds: Histogram;
}

/** Upper bounds of the buckets of commits, in seconds: from a fast disk to one in trouble. */
const commitBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** … of waiting for a consumer: from one that is there already to one that comes tomorrow. */
const waitBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

/** Queues that are shown one by one; the others are not shown. */
const maxShown = 1000;

export function createQueueMetrics<C>(
  metrics: Metrics,
  book: Book<C>,
  now: () => number,
  usedBytes: () => number,
): QueueMetrics {
  const { queues } = book;

  metrics.gauge("singyeong_queues", "Queues that exist.", () => queues.size);
  metrics.gauge(
    "singyeong_queue_store_bytes",
    "Bytes that queues take of the disk, or of memory where they are kept there.",
    usedBytes,
  );
  metrics.gauges(
    "singyeong_queue_messages",
    `Messages by queue and state, of the first ${maxShown} queues.`,
    ["queue", "state"],
    () => depths(),
  );
  metrics.gauges(
    "singyeong_queue_oldest_seconds",
    `Age of the oldest ready message by queue, of the first ${maxShown} queues.`,
    ["queue"],
    () => ages(),
  );

  function* shown() {
    let count = 0;
    for (const queue of queues.values()) {
      if (++count > maxShown) return;
      yield queue;
    }
  }

  function* depths(): Iterable<Sample> {
    for (const { name, ready, leased, delayed, dead } of shown()) {
      yield { labels: { queue: name, state: "ready" }, value: ready };
      yield { labels: { queue: name, state: "leased" }, value: leased.size };
      yield { labels: { queue: name, state: "delayed" }, value: delayed.size };
      yield { labels: { queue: name, state: "dead" }, value: dead.size };
    }
  }

  function* ages(): Iterable<Sample> {
    for (const queue of shown()) {
      const oldest = oldestReadyMs(book, queue);
      yield { labels: { queue: queue.name }, value: oldest === null ? 0 : Math.max(0, now() - oldest) / 1000 };
    }
  }

  const died = (cause: DeathCause): Tally =>
    metrics.counter("singyeong_queue_dead_total", "Messages that died, by cause.", { cause });
  return {
    pushed: metrics.counter("singyeong_queue_pushed_total", "Messages stored."),
    duplicates: metrics.counter("singyeong_queue_duplicates_total", "Pushes of an id that was there already."),
    given: metrics.counter("singyeong_queue_given_total", "Messages leased to a consumer."),
    redelivered: metrics.counter("singyeong_queue_redelivered_total", "Messages leased not for the first time."),
    acked: metrics.counter("singyeong_queue_acked_total", "Messages acknowledged."),
    nacked: metrics.counter("singyeong_queue_nacked_total", "Messages refused by a consumer."),
    died: {
      attempts: died("attempts"),
      expired: died("expired"),
      rejected: died("rejected"),
      unreadable: died("unreadable"),
    },
    commits: metrics.counter("singyeong_queue_commits_total", "Groups of changes stored."),
    commitChanges: metrics.counter("singyeong_queue_changes_total", "Changes stored."),
    commitFailures: metrics.counter("singyeong_queue_commit_failures_total", "Groups that could not be stored."),
    commitSeconds: metrics.histogram("singyeong_queue_commit_seconds", "Time to store a group.", commitBuckets),
    waitSeconds: metrics.histogram(
      "singyeong_queue_wait_seconds",
      "Time from when a message is ready to when it is leased for the first time.",
      waitBuckets,
    ),
  };
}
