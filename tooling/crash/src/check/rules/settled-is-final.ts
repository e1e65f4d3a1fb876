import { type Answer, type Delivery, isFinal, linesOf, type Rule, storedMs } from "../story.ts";

/**
 * Once it is certain that an acknowledgement, or a refusal for good, is on disk, the message never comes back: not in any
 * later run, and not in this one either. An answer may cross a delivery to the same receiver, which is over with it.
 */
export const settledIsFinal: Rule = function* (story) {
  const rule = "settled is final";
  for (const message of story.messages.values()) {
    for (const delivery of message.deliveries) {
      const answer = delivery.answers.find(isFinal);
      const atMs = answer === undefined ? Number.POSITIVE_INFINITY : storedMs(answer, delivery.to);
      if (atMs === Number.POSITIVE_INFINITY) continue;
      const what = `${message.id}, of which an ${describe(answer!)} was stored,`;
      const lines = linesOf(message);
      if (message.deliveries.some((later) => comesAfter(later, delivery, atMs)))
        yield { rule, text: `${what} was delivered afterwards`, lines };
      if (answer!.dead && message.dead === null) yield { rule, text: `${what} is not among the dead`, lines };
      if (!answer!.dead && message.dead !== null) yield { rule, text: `${what} is among the dead`, lines };
      break;
    }
  }
};

function comesAfter({ to, ts }: Delivery, { to: { run } }: Delivery, atMs: number): boolean {
  return to.run.number > run.number || (to.run === run && ts > atMs);
}

function describe({ kind }: Answer): string {
  return kind === "ack" ? "acknowledgement" : "end by refusal";
}
