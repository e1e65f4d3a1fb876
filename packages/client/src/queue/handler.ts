import { handlerThrew, type StatusHub } from "../status/status-hub.ts";
import type { Grip, Hands } from "./consumer.ts";
import type { HeldJob } from "./held-job.ts";
import type { Job } from "./queue.ts";

/** Hands a job over as soon as it comes: acknowledged when the handler is done with it, refused where it throws. */
export function createHandler(
  handler: (job: Job) => unknown,
  { report }: Pick<StatusHub, "report">,
  grip: Grip,
): Hands {
  async function work(held: HeldJob): Promise<void> {
    try {
      await handler(held.job);
    } catch (cause) {
      // What was given up because the job is lost is no mistake of the handler's.
      if (held.lost === null || cause !== held.lost) report(handlerThrew(cause));
      return grip.settle(held, "QUEUE_NACK");
    }
    grip.settle(held, "QUEUE_ACK");
  }

  return {
    take: (held) => void work(held),
    stop: () => {},
    end: () => {},
  };
}
