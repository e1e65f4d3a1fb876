import { linesOf, type Message, type Rule } from "../story.ts";

/**
 * Every message that was confirmed was delivered at least once, and in the end each was acknowledged or is dead because
 * its receiver said so; nothing else is left in the queues.
 */
export const nothingLost: Rule = function* (story) {
  const rule = "nothing lost";
  for (const { left, line } of story.drains) {
    if (left > 0)
      yield { rule, text: `${left} messages were still in the queues when they should be empty`, lines: [line] };
  }
  if (story.drains.length === 0) yield { rule, text: "the queues were never emptied", lines: [] };
  for (const message of story.messages.values()) {
    const text = judge(message);
    if (text !== null) yield { rule, text: `${message.id} ${text}`, lines: linesOf(message) };
  }
};

function judge(message: Message): string | null {
  const { confirmed, deliveries, dead } = message;
  const was = confirmed.length > 0 ? "was confirmed" : "was stored, as it was delivered,";
  if (deliveries.length === 0) return `${was} and never delivered`;
  if (!isEnded(message)) return `${was} and nobody ended it`;
  if (dead === null || isRejected(message)) return null;
  return `is dead (${dead.cause}), though nobody refused it for good`;
}

function isEnded({ deliveries, dead }: Message): boolean {
  const acked = deliveries.some(({ answers }) => answers.some(({ kind, denied }) => kind === "ack" && denied === null));
  return acked || dead !== null;
}

function isRejected({ deliveries, dead }: Message): boolean {
  const refused = deliveries.some(({ answers }) => answers.some((answer) => answer.dead && answer.denied === null));
  return dead!.cause === "rejected" && refused;
}
