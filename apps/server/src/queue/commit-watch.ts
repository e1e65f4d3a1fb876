import { StoreError } from "../kernel/store-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { StoreFault } from "../ports/queue-store.ts";
import type { JournalOptions } from "./journal.ts";
import type { QueueMetrics } from "./queue-metrics.ts";

type CommitObserver = JournalOptions["observe"];

export interface CommitWatch extends CommitObserver {
  /** Why the store cannot write now, as far as that is known; `null` where it can. */
  fault(): StoreFault | null;
}

/**
 * How long a commit that failed counts. What must be stored is tried again each second, so that a store which goes on
 * failing is known to; where nothing was left to be tried, only the next push finds out, and it has to be let in for that.
 */
const faultMs = 5000;

/**
 * Measures commits, and says when they begin to fail and when they work again. A bound that refuses pushes is not a store
 * that fails: producers are told, and it is not counted.
 */
export function createCommitWatch(metrics: QueueMetrics, clock: Clock, logger: Logger): CommitWatch {
  let beganMs = 0;
  let isInTrouble = false;
  let failed: { readonly fault: StoreFault; readonly atMs: number } | null = null;
  return {
    fault: () => (failed !== null && clock.elapsed() - failed.atMs < faultMs ? failed.fault : null),
    begin() {
      beganMs = clock.elapsed();
    },
    end(changes, error) {
      metrics.commitSeconds.observe((clock.elapsed() - beganMs) / 1000);
      if (error === null) {
        failed = null;
        metrics.commits.total++;
        metrics.commitChanges.total += changes;
        if (isInTrouble) logger.warn({}, "the queue store can write again");
        isInTrouble = false;
        return;
      }
      const isBound = error instanceof StoreError && error.fault === "bound";
      if (!isBound) {
        metrics.commitFailures.total++;
        failed = { fault: error instanceof StoreError ? error.fault : "io", atMs: clock.elapsed() };
      }
      if (isInTrouble) return;
      isInTrouble = true;
      if (isBound) logger.warn({ reason: error.message }, "the queue store refuses pushes");
      else logger.error({ err: error, changes }, "the queue store cannot write");
    },
  };
}
