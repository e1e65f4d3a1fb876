import { Op } from "@singyeong/protocol";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { refused } from "../messaging/quiet.ts";
import { type Custody, createCustody, notLeased } from "../work/custody.ts";
import type { Verdict } from "../work/hands.ts";
import type { EventDelivery } from "./delivery.ts";
import { extension } from "./extension.ts";
import { createHeldEvent, type EventActions, type HeldEvent } from "./held-event.ts";

/** Settles events, and knows which of them are ours. */
export interface Events extends Pick<Custody<HeldEvent>, "holds" | "lost"> {
  /** Takes an event in hand, which is lost when `ackMs` (`undefined` for the server's) is over. One that comes again is lost the first time. */
  hold(delivery: EventDelivery, ackMs: number | undefined): HeldEvent;
  /** Takes an event that counts as dealt with already. */
  take(delivery: EventDelivery): HeldEvent;
  /** Settles an event as the work on it ended. */
  settle(held: HeldEvent, verdict: Verdict): Promise<void>;
  /** Gives an event back for a while. */
  postpone(held: HeldEvent, delayMs: number): Promise<void>;
  /** Answers with what a handler returned, where that is wanted and still to be had. */
  answer(held: HeldEvent, returned: unknown): Promise<void>;
}

/** How long an event may take where nobody says, and what a server is not taken at its word below, in milliseconds. */
const usualAckMs = 15_000;
const shortestAckMs = 100;

/** How long an event waits that failed for the first time, and at most; the time doubles with each attempt. */
const minRetryMs = 1000;
const maxRetryMs = 60_000;

const noResult = (): void => {};

export function createEvents({ platform, session, messenger }: Core): Events {
  const custody = createCustody<HeldEvent>({ platform, session }, "event", (held) =>
    custody.lose(held, notLeased("the time to acknowledge it is over")),
  );
  const answered = new WeakSet<HeldEvent>();
  const dealtWith = new WeakSet<HeldEvent>();

  function tell({ delivery: { id }, link }: HeldEvent, t: string, more: object): Promise<void> {
    const nonce = messenger.nextNonce();
    const how = { awaits: "receipt", nonce, repeatable: false, needs: extension, only: link } as const;
    return messenger.post({ op: Op.dispatch, t, nonce, d: { id, ...more } }, how, {}, noResult);
  }

  /** What was given to this client anew is not to be settled by those who had it before. */
  function settle(held: HeldEvent, t: "ACK" | "NACK", more = {}): Promise<void> {
    const present = custody.find(held.delivery.id) ?? held;
    if (present !== held && held.settling === null)
      return refused(held.lost ?? notLeased("the event was given out anew"));
    return custody.settle(held, () => tell(held, t, more));
  }

  const leased: EventActions = {
    ack: (held) => settle(held, "ACK"),
    nack: (held, { delayMs } = {}) => settle(held, "NACK", delayMs === undefined ? {} : { delay_ms: delayMs }),
    reply,
  };
  const free: EventActions = {
    ack: () => Promise.resolve(),
    nack: () => refused(notLeased("the event was dealt with before it came")),
    reply,
  };

  function reply(held: HeldEvent, payload: unknown): Promise<void> {
    const { id, wantsReply } = held.delivery;
    if (!wantsReply || answered.has(held)) {
      const message = wantsReply ? "it was answered already" : "no answer is wanted";
      return refused(new SingyeongError("client/invalid-value", message));
    }
    const problem = custody.problem(held);
    if (problem !== null) return refused(problem);
    answered.add(held);
    const frame = { op: Op.dispatch, t: "REPLY", d: { id, payload: payload ?? null } };
    const how = { awaits: "write", nonce: null, repeatable: false, needs: extension, only: held.link } as const;
    const sent = messenger.post(frame, how, {}, noResult);
    sent.catch(() => answered.delete(held));
    return sent;
  }

  function ackMsOf(said: number | undefined): number {
    const { topic_ack_ms: ms } = (session.admission?.limits ?? {}) as { topic_ack_ms?: unknown };
    return said ?? (typeof ms === "number" && ms >= shortestAckMs ? ms : usualAckMs);
  }

  return {
    holds: custody.holds,
    hold(delivery, ackMs) {
      const held = createHeldEvent(delivery, session.link!, leased);
      custody.hold(held);
      custody.watch(held, platform.elapsedMs() + ackMsOf(ackMs));
      return held;
    },
    take(delivery) {
      const held = createHeldEvent(delivery, session.link!, free);
      dealtWith.add(held);
      return held;
    },
    settle(held, verdict) {
      if (dealtWith.has(held)) return Promise.resolve();
      if (verdict === "ack") return settle(held, "ACK");
      const retryMs = Math.min(minRetryMs * 2 ** (held.delivery.attempt - 1), maxRetryMs);
      return settle(held, "NACK", { delay_ms: verdict === "return" ? 0 : retryMs });
    },
    postpone: (held, delayMs) => settle(held, "NACK", { delay_ms: delayMs }),
    async answer(held, returned) {
      if (returned === undefined || !held.delivery.wantsReply || answered.has(held)) return;
      if (custody.problem(held) === null) await reply(held, returned);
    },
    lost: custody.lost,
  };
}
