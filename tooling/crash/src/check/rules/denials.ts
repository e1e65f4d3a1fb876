import { isLeaseOver } from "../reason.ts";
import { type Delivery, linesOf, type Message, type Rule } from "../story.ts";

/** An answer is refused only where the lease was over, or its sender had answered before. */
export const denials: Rule = function* (story) {
  for (const message of story.messages.values()) {
    for (const delivery of message.deliveries) {
      for (const [i, { kind, denied, atMs, line }] of delivery.answers.entries()) {
        if (denied === null || i > 0) continue;
        const isLate = isLeaseOver(delivery, atMs, story.begin) || hasEnded(message, delivery, line);
        if (denied.code === "queue/not-leased" && isLate) continue;
        const text = `a ${kind} of ${message.id} was refused (${denied.code}) during its lease`;
        yield { rule: "denials", text, lines: linesOf(message) };
      }
    }
  }
};

/** Whether an answer to an earlier delivery crossed this one on its way to the same receiver, and ended it. */
function hasEnded({ deliveries }: Message, delivery: Delivery, beforeLine: number): boolean {
  const others = deliveries.filter((other) => other !== delivery && other.to === delivery.to);
  return others.some(({ answers }) => answers.some(({ line, denied }) => denied === null && line < beforeLine));
}
