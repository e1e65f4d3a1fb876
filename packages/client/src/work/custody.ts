import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { createDeadlines } from "../messaging/deadlines.ts";
import { refused } from "../messaging/quiet.ts";
import type { Link } from "../session/link.ts";
import type { Given, Held } from "./held.ts";

/** Everything of one kind that was given to this client, until it is settled or lost. */
export interface Custody<H extends Held> {
  /** Whether this very delivery has come before, and is not settled. */
  holds(delivery: Given): boolean;
  /** What is neither settled nor lost, by its id. */
  find(id: string): H | undefined;
  /** Takes something in hand. What comes a second time is lost the first. */
  hold(held: H): void;
  /** Says when something is due next, on the platform's clock. */
  watch(held: H, deadlineMs: number): void;
  /** Settles something by what `send` sends, unless that is under way. */
  settle(held: H, send: () => Promise<void>): Promise<void>;
  /** Why nothing can be said about it any more; `null` where it can. */
  problem(held: H): SingyeongError | null;
  /** It is ours no longer. */
  lose(held: H, error: SingyeongError): void;
  /** A connection is gone for good, and what came on it is ours no longer. */
  lost(link: Link): void;
}

/** `due` is told of each that is watched and not about to be settled, when its time has come. `kind` is what errors call it. */
export function createCustody<H extends Held>(
  { platform, session }: Pick<Core, "platform" | "session">,
  kind: string,
  due: (held: H) => void,
): Custody<H> {
  /** What is neither settled nor lost, by id. */
  const inHand = new Map<string, H>();
  const watched = createDeadlines<H>(platform, due);

  function drop(held: H): void {
    watched.delete(held);
    if (inHand.get(held.delivery.id) === held) inHand.delete(held.delivery.id);
  }

  function lose(held: H, error: SingyeongError): void {
    drop(held);
    held.lost ??= error;
    held.controller?.abort(held.lost);
  }

  /** What could not be settled for now stays in hand, as long as somebody is there who may try again. */
  function retain(held: H): void {
    held.settling = null;
    if (!held.done && held.lost === null && held.link === session.lasting) watched.add(held);
  }

  const connectionLost = (): SingyeongError =>
    new SingyeongError("client/connection-lost", `the connection that the ${kind} came on is gone`);
  const problem = (held: H): SingyeongError | null => (held.link === session.lasting ? null : connectionLost());

  return {
    holds: ({ id, attempt }) => inHand.get(id)?.delivery.attempt === attempt,
    find: (id) => inHand.get(id),
    hold(held) {
      const earlier = inHand.get(held.delivery.id);
      if (earlier !== undefined) lose(earlier, notLeased(`the ${kind} was given out anew`));
      inHand.set(held.delivery.id, held);
    },
    watch(held, deadlineMs) {
      held.deadlineMs = deadlineMs;
      watched.add(held);
    },
    settle(held, send) {
      if (held.settling !== null) return held.settling;
      const error = problem(held);
      if (error !== null) return refused(error);
      watched.delete(held);
      held.settling = send();
      held.settling.then(
        () => drop(held),
        (error: SingyeongError) => {
          if (isNotLeased(error)) lose(held, error);
          if (error.retry === "later") retain(held);
        },
      );
      held.settled();
      return held.settling;
    },
    problem,
    lose,
    lost(link) {
      for (const held of [...inHand.values()]) if (held.link === link) lose(held, connectionLost());
    },
  };
}

const code = "queue/not-leased";
export const notLeased = (message: string): SingyeongError => new SingyeongError(code, message);
export const isNotLeased = (error: SingyeongError): boolean => error.code === code;
