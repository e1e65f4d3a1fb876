import type { Begin } from "../../history/event.ts";
import { isGivenBack, isLeaseOver } from "../reason.ts";
import { type Delivery, type Rule, storedMs } from "../story.ts";

/**
 * A message goes to those whom its target keeps, not before its delay is over, and where a receiver gave it back, not
 * before the delay that this brings is.
 */
export const rightTimeAndPlace: Rule = function* (story) {
  const rule = "right time and place";
  for (const { id, deliveries } of story.messages.values()) {
    for (const [i, delivery] of deliveries.entries()) {
      const push = story.contents.get(delivery.content)?.[0];
      if (push === undefined) continue;
      const lines = [push.line, delivery.to.openedLine, delivery.line];
      if (push.pool !== null && push.pool !== delivery.to.pool)
        yield { rule, text: `${id} is for ${push.pool} and went to ${delivery.to.client}`, lines };
      if (delivery.ts < push.atMs + push.delayMs - story.begin.toleranceMs)
        yield { rule, text: `${id} came before its delay of ${push.delayMs} ms was over`, lines };
      const early = i === 0 ? null : earlyBy(deliveries[i - 1]!, delivery, story.begin);
      if (early !== null)
        yield { rule, text: `${id} came back ${early} ms too early`, lines: [deliveries[i - 1]!.line, ...lines] };
    }
  }
};

/** By how many ms a delivery comes before the delay is over that the answer to the one before asked for; `null` where it is not. */
function earlyBy(before: Delivery, delivery: Delivery, begin: Begin): number | null {
  const nack = before.answers.find(isGivenBack);
  if (nack === undefined) return null;
  const wasRead =
    Number.isFinite(storedMs(nack, before.to)) ||
    (before.to.run === delivery.to.run && before.to.cutLine > delivery.line);
  if (!wasRead || isLeaseOver(before, delivery.ts - begin.retryMs, begin)) return null;
  const early = nack.atMs + (nack.delayMs ?? begin.retryMs) - begin.toleranceMs - delivery.ts;
  return early > 0 ? early : null;
}
