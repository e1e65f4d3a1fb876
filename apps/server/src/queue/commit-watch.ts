import { StoreError } from "../kernel/store-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { JournalOptions } from "./journal.ts";
import type { QueueMetrics } from "./queue-metrics.ts";

/**
 * Measures commits, and says when they begin to fail and when they work again. A bound that refuses pushes is not a store
 * that fails: producers are told, and it is not counted.
 */
export function createCommitWatch(metrics: QueueMetrics, clock: Clock, logger: Logger): JournalOptions["observe"] {
  let beganMs = 0;
  let isInTrouble = false;
  return {
    begin() {
      beganMs = clock.elapsed();
    },
    end(changes, error) {
      metrics.commitSeconds.observe((clock.elapsed() - beganMs) / 1000);
      if (error === null) {
        metrics.commits.total++;
        metrics.commitChanges.total += changes;
        if (isInTrouble) logger.warn({}, "the queue store can write again");
        isInTrouble = false;
        return;
      }
      const isBound = error instanceof StoreError && error.fault === "bound";
      if (!isBound) metrics.commitFailures.total++;
      if (isInTrouble) return;
      isInTrouble = true;
      if (isBound) logger.warn({ reason: error.message }, "the queue store refuses pushes");
      else logger.error({ err: error, changes }, "the queue store cannot write");
    },
  };
}
