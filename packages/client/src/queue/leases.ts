import { Op } from "@singyeong/protocol";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { refused } from "../messaging/quiet.ts";
import { type Custody, createCustody, isNotLeased, notLeased } from "../work/custody.ts";
import type { Delivery } from "./delivery.ts";
import { extension } from "./extension.ts";
import { createHeldJob, type HeldJob, type JobActions } from "./held-job.ts";

/** Keeps leases from running out while jobs are in hand, and settles them. */
export interface Leases extends JobActions, Pick<Custody<HeldJob>, "holds" | "lost"> {
  /** Takes a job in hand: until it is settled or lost, its lease is extended. One that comes a second time is lost the first. */
  hold(delivery: Delivery, payload: unknown): HeldJob;
}

/** How long a lease is where the server does not say, and what no lease is taken to be shorter than, in milliseconds. */
const usualLeaseMs = 15_000;
const shortestLeaseMs = 100;

export function createLeases({ platform, session, messenger }: Core): Leases {
  const custody = createCustody<HeldJob>({ platform, session }, "job", (held) => void extend(held, leaseMs()));

  function leaseMs(): number {
    const { queue_lease_ms: ms } = (session.admission?.limits ?? {}) as { queue_lease_ms?: unknown };
    return typeof ms === "number" && ms >= shortestLeaseMs ? ms : usualLeaseMs;
  }

  /** Sees to a lease that ends in `ms` when half of the usual time is left, or half of `ms` where that is shorter. */
  function watch(held: HeldJob, ms: number): void {
    custody.watch(held, platform.elapsedMs() + ms - Math.min(ms, leaseMs()) / 2);
  }

  /** Sends what is about a job. */
  function tell({ delivery: { queue, id }, link }: HeldJob, t: string, more: object): Promise<void> {
    const nonce = messenger.nextNonce();
    const frame = { op: Op.dispatch, t, nonce, d: { queue, id, ...more } };
    const how = { awaits: "receipt", nonce, repeatable: false, needs: extension, only: link } as const;
    return messenger.post(frame, how, {}, () => {});
  }

  function extend(held: HeldJob, ms: number): Promise<void> {
    if (!(ms > 0)) return refused(new SingyeongError("client/invalid-value", `a lease is longer than ${ms} ms`));
    if (held.settling !== null) return refused(notLeased("the job is settled"));
    const problem = held.lost ?? custody.problem(held);
    if (problem !== null) return refused(problem);
    watch(held, ms);
    const told = tell(held, "QUEUE_EXTEND", { ms });
    told.catch((error: SingyeongError) => {
      if (isNotLeased(error) && held.settling === null) custody.lose(held, error);
    });
    return told;
  }

  function settle(...[held, event, { delayMs, dead } = {}]: Parameters<JobActions["settle"]>): Promise<void> {
    const more = { ...(delayMs !== undefined && { delay_ms: delayMs }), ...(dead !== undefined && { dead }) };
    return custody.settle(held, () => tell(held, event, more));
  }

  return {
    holds: custody.holds,
    hold(delivery, payload) {
      const held = createHeldJob(delivery, payload, session.link!, { settle, extend });
      custody.hold(held);
      watch(held, leaseMs());
      return held;
    },
    settle,
    extend,
    lost: custody.lost,
  };
}
