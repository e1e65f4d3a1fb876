import { Op } from "@singyeong/protocol";
import type { Contract } from "../contract/contract.ts";
import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { attempt, quiet, refused } from "../messaging/quiet.ts";
import { checkPayload } from "../messaging/schema-check.ts";
import type { Target } from "../query/query.ts";
import { declarationOf, resolveTarget } from "../query/resolve-target.ts";
import { extension } from "./extension.ts";
import type { Pushed, PushOptions } from "./queue.ts";
import type { Queues } from "./queues.ts";
import { validatorOf } from "./validator.ts";

/** How long servers take pushes of one id for one message where they do not say, in milliseconds ([QU-4]). */
const usualDedupMs = 120_000;
/** The part of that time for which a push is repeated, since it was first asked for: what is under way needs the rest. */
const repeatedShare = 0.9;

/** Puts messages into queues. */
export function createPush({ platform, session, messenger }: Core): Queues["push"] {
  function post(queue: string, target: Target<never>, payload: unknown, options: PushOptions): Promise<Pushed> {
    const { id, delayMs, ttlMs, priority, maxAttempts, headers, timeoutMs, signal } = options;
    const nonce = messenger.nextNonce();
    const parts = { queue, target: resolveTarget(target), payload: payload ?? null, nonce };
    const more = { headers, id, delay_ms: delayMs, ttl_ms: ttlMs, priority, max_attempts: maxAttempts };
    const frame = { op: Op.dispatch, t: "QUEUE", d: { ...parts, ...more } };
    const how = { awaits: "answer", nonce, repeatable: false, needs: extension } as const;
    return messenger.post(frame, how, { timeoutMs, signal }, readConfirmation);
  }

  /** How long a push that has an id is repeated, in milliseconds, as the server of the last connection would have it. */
  function repeatMs(): number {
    const { queue_dedup_ms: ms } = (session.admission?.limits ?? {}) as { queue_dedup_ms?: unknown };
    return (typeof ms === "number" && ms >= 0 ? ms : usualDedupMs) * repeatedShare;
  }

  /** Until it is confirmed, or refused by something else than the loss of a connection. */
  async function postRepeatedly(
    queue: string,
    target: Target<never>,
    payload: unknown,
    options: PushOptions,
  ): Promise<Pushed> {
    const startedMs = platform.elapsedMs();
    let { timeoutMs } = options;
    for (;;) {
      try {
        return await post(queue, target, payload, { ...options, timeoutMs });
      } catch (error) {
        const longestMs = repeatMs();
        const leftMs = Math.min(options.timeoutMs ?? longestMs, longestMs) + startedMs - platform.elapsedMs();
        if ((error as SingyeongError).code !== "client/connection-lost" || leftMs <= 0) throw error;
        timeoutMs = leftMs;
      }
    }
  }

  return (refusal, queue, target, payload, options = {}) =>
    attempt(() => {
      const declared = declarationOf(target as Target<Contract>);
      const checked = checkPayload(validatorOf(declared, queue), payload);
      const problem = refusal ?? (checked.ok ? null : checked.error);
      if (problem !== null) return refused(problem);
      const push = options.id === undefined ? post : postRepeatedly;
      return quiet(push(queue, target, payload, options));
    });
}

function readConfirmation(answer: object | null): Pushed {
  const { id } = (answer ?? {}) as { id?: unknown };
  return { id: typeof id === "string" ? id : "" };
}
