import { findReason } from "../reason.ts";
import { linesOf, type Rule } from "../story.ts";

/**
 * A message is delivered again only once the delivery before is over: its receiver gave it back or was cut off, its lease
 * and the delay after it ran out, or the server was started anew. So nobody else has it at the same time, and it comes
 * at most once more than there were such reasons.
 */
export const oneHolder: Rule = function* (story) {
  for (const message of story.messages.values()) {
    for (const [i, later] of message.deliveries.entries()) {
      const earlier = message.deliveries[i - 1];
      if (earlier === undefined || findReason(earlier, later, story.begin) !== null) continue;
      const text = `${message.id} was delivered again (attempt ${later.attempt}) while its delivery before was not over`;
      yield { rule: "one holder", text, lines: linesOf(message) };
    }
  }
};
