import type { AnswerHandlers, Dialer, DialTarget, Sending, TargetRequest } from "../ports/dialer.ts";
import type { Exchanger } from "./target.ts";

/** Dials a target that has one or more addresses: the next is tried where one could not be reached. */
export function createDialing(dialer: Dialer, targets: readonly DialTarget[]): Exchanger {
  const [first, ...others] = targets;
  if (others.length === 0) return { send: (request, handlers) => dialer.send(first!, request, handlers) };
  return { send: (request, handlers) => sendInTurn(dialer, targets, request, handlers) };
}

function sendInTurn(
  dialer: Dialer,
  targets: readonly DialTarget[],
  request: TargetRequest,
  handlers: AnswerHandlers,
): Sending {
  let at = 0;
  const trying: AnswerHandlers = {
    ...handlers,
    failed(failure) {
      at++;
      if (failure.reach !== "nothing" || at === targets.length) return handlers.failed(failure);
      current = dialer.send(targets[at]!, request, trying);
    },
  };
  let current = dialer.send(targets[0]!, request, trying);
  return {
    pause: () => current.pause(),
    resume: () => current.resume(),
    abort: () => current.abort(),
  };
}
