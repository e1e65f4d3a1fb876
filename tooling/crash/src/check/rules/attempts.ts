import type { Begin } from "../../history/event.ts";
import { createLossCounter } from "../losses.ts";
import { isGivenBack } from "../reason.ts";
import { type Delivery, linesOf, type Message, type Rule, type Run, type Story, storedMs } from "../story.ts";

/**
 * `attempt` is 1 first and grows by 1 with each delivery, those included that nobody read because their receiver was cut
 * off or the server ended. After a crash it may stand lower, but never below what was on disk: an attempt is certain
 * to be there where something was stored that was sent once deliveries of that age are, where its nack was settled, or where
 * the run stopped kindly.
 */
export const attempts: Rule = function* (story) {
  const rule = "attempts";
  const countLosses = createLossCounter(story);
  for (const message of story.messages.values()) {
    let stored = 0;
    for (const [i, delivery] of message.deliveries.entries()) {
      const before = message.deliveries[i - 1];
      const { attempt, queue, line, to } = delivery;
      const beforeLine = before?.line ?? pushedLine(story, message);
      const next = (before?.attempt ?? 0) + 1;
      const lines = linesOf(message);
      if (before?.to.run === to.run && attempt === before.attempt)
        yield { rule, text: `${message.id} was delivered twice as attempt ${attempt}`, lines };
      else if (attempt <= stored)
        yield { rule, text: `${message.id} came as attempt ${attempt}, though attempt ${stored} was on disk`, lines };
      else if (attempt > next && attempt > next + countLosses(queue, beforeLine, line))
        yield { rule, text: `${message.id} came as attempt ${attempt}, though the next is ${next}`, lines };
      if (isCertain(delivery, story.begin)) stored = Math.max(stored, attempt);
    }
  }
};

function pushedLine({ contents }: Story, { deliveries }: Message): number {
  return contents.get(deliveries[0]!.content)?.[0]?.line ?? 0;
}

function stoppedKindly({ ending, exited }: Run): boolean {
  return ending?.by === "stop" && exited?.code === 0;
}

function isCertain(delivery: Delivery, { attemptMs, toleranceMs }: Begin): boolean {
  const { answers, to, ts } = delivery;
  const wasSettled = answers.some((answer) => isGivenBack(answer) && Number.isFinite(storedMs(answer, to)));
  return wasSettled || to.run.storedUpToMs > ts + attemptMs + toleranceMs || stoppedKindly(to.run);
}
