import type { Begin } from "../history/event.ts";
import { type Answer, type Delivery, isFinal, storedMs } from "./story.ts";

/** Why a message may be delivered once more. */
export type Reason = "restart" | "nack" | "disconnect" | "lease";

/** The reason for which `later` may follow `earlier`, deliveries of one message in this order; `null` where there is none. */
export function findReason(earlier: Delivery, later: Delivery, begin: Begin): Reason | null {
  if (earlier.to.run !== later.to.run) return "restart";
  if (earlier.answers.some((answer) => isGivenBack(answer) && answer.line < later.line)) return "nack";
  if (earlier.to.cutLine < later.line) return "disconnect";
  const wasEnded = earlier.answers.some((answer) => isFinal(answer) && storedMs(answer, earlier.to) < later.ts);
  return !wasEnded && isLeaseOver(earlier, later.ts - begin.retryMs, begin) ? "lease" : null;
}

/** Whether a receiver has given the message back to be delivered again. */
export function isGivenBack({ kind, dead, denied }: Answer): boolean {
  return kind === "nack" && !dead && denied === null;
}

/** Whether the lease of a delivery may be over at a time. */
export function isLeaseOver({ ts }: Delivery, atMs: number, { leaseMs, toleranceMs }: Begin): boolean {
  return atMs >= ts + leaseMs - toleranceMs;
}
