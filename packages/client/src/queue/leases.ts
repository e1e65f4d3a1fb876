import { Op } from "@singyeong/protocol";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { createDeadlines } from "../messaging/deadlines.ts";
import { refused } from "../messaging/quiet.ts";
import type { Link } from "../session/link.ts";
import type { Delivery } from "./delivery.ts";
import { extension } from "./extension.ts";
import { createHeldJob, type HeldJob, type JobActions } from "./held-job.ts";

/** Keeps leases from running out while jobs are in hand, and settles them. */
export interface Leases extends JobActions {
  /** Whether this very delivery has come before, and is not settled. */
  holds(delivery: Delivery): boolean;
  /** Takes a job in hand: until it is settled or lost, its lease is extended. One that comes a second time is lost the first. */
  hold(delivery: Delivery, payload: unknown): HeldJob;
  /** Every connection but this one is gone, and with them their leases. */
  lost(present: Link | null): void;
}

/** How long a lease is where the server does not say, and what no lease is taken to be shorter than, in milliseconds. */
const usualLeaseMs = 15_000;
const shortestLeaseMs = 100;

export function createLeases({ platform, session, messenger }: Core): Leases {
  /** What is neither settled nor lost, by id. */
  const inHand = new Map<string, HeldJob>();
  /** The same without what is about to be settled, by when its lease is extended next. */
  const leased = createDeadlines<HeldJob>(platform, (held) => void extend(held, leaseMs()));

  function leaseMs(): number {
    const { queue_lease_ms: ms } = (session.admission?.limits ?? {}) as { queue_lease_ms?: unknown };
    return typeof ms === "number" && ms >= shortestLeaseMs ? ms : usualLeaseMs;
  }

  /** Sees to a lease that ends in `ms` when half of the usual time is left, or half of `ms` where that is shorter. */
  function watch(held: HeldJob, ms: number): void {
    held.deadlineMs = platform.elapsedMs() + ms - Math.min(ms, leaseMs()) / 2;
    leased.add(held);
  }

  function drop(held: HeldJob): void {
    leased.delete(held);
    if (inHand.get(held.delivery.id) === held) inHand.delete(held.delivery.id);
  }

  function lose(held: HeldJob, error: SingyeongError): void {
    drop(held);
    held.lost ??= error;
    held.controller?.abort(held.lost);
  }

  /** Sends what is about a job. */
  function tell({ delivery: { queue, id } }: HeldJob, t: string, more: object): Promise<void> {
    const nonce = messenger.nextNonce();
    const frame = { op: Op.dispatch, t, nonce, d: { queue, id, ...more } };
    return messenger.post(frame, { awaits: "receipt", nonce, repeatable: false, needs: extension }, {}, () => {});
  }

  function extend(held: HeldJob, ms: number): Promise<void> {
    if (!(ms > 0)) return refused(new SingyeongError("client/invalid-value", `a lease is longer than ${ms} ms`));
    if (held.settling !== null) return refused(notLeased("the job is settled"));
    const problem = held.lost ?? (held.link === session.link ? null : connectionLost());
    if (problem !== null) return refused(problem);
    watch(held, ms);
    const told = tell(held, "QUEUE_EXTEND", { ms });
    told.catch((error: SingyeongError) => {
      if (isNotLeased(error) && held.settling === null) lose(held, error);
    });
    return told;
  }

  /** What could not be settled for now stays in hand, as long as somebody is there who may try again. */
  function retain(held: HeldJob): void {
    held.settling = null;
    if (!held.done && held.lost === null && held.link === session.link) leased.add(held);
  }

  function settle(...[held, event, { delayMs, dead } = {}]: Parameters<JobActions["settle"]>): Promise<void> {
    if (held.settling !== null) return held.settling;
    if (held.link !== session.link) return refused(connectionLost());
    leased.delete(held);
    held.settling = tell(held, event, {
      ...(delayMs !== undefined && { delay_ms: delayMs }),
      ...(dead !== undefined && { dead }),
    });
    held.settling.then(
      () => drop(held),
      (error: SingyeongError) => {
        if (isNotLeased(error)) lose(held, error);
        if (error.retry === "later") retain(held);
      },
    );
    held.settled();
    return held.settling;
  }

  return {
    holds: ({ id, attempt }) => inHand.get(id)?.delivery.attempt === attempt,
    hold(delivery, payload) {
      const earlier = inHand.get(delivery.id);
      if (earlier !== undefined) lose(earlier, notLeased("the job was given out anew"));
      const held = createHeldJob(delivery, payload, session.link!, { settle, extend });
      inHand.set(delivery.id, held);
      watch(held, leaseMs());
      return held;
    },
    settle,
    extend,
    lost(present) {
      for (const held of [...inHand.values()]) if (held.link !== present) lose(held, connectionLost());
    },
  };
}

const code = "queue/not-leased";
const notLeased = (message: string): SingyeongError => new SingyeongError(code, message);
const isNotLeased = (error: SingyeongError): boolean => error.code === code;

function connectionLost(): SingyeongError {
  return new SingyeongError("client/connection-lost", "the connection that the job came on is gone");
}
