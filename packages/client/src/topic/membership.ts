import { maxInFlightLimit, Op } from "@singyeong/protocol";
import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Link } from "../session/link.ts";
import { extension } from "./extension.ts";
import type { Members } from "./members.ts";
import type { Subscriber } from "./subscriber.ts";
import type { SubscribeOptions } from "./topic.ts";

/** Tells the server what a subscription wants, on each connection anew that was not resumed. What is said while one is away is heard if it is resumed. */
export interface Membership {
  /** Whether the server has yet to say that nothing more comes. */
  readonly leaving: boolean;
  /** Says it where that has not been said on the connection that stands. */
  ensure(): void;
  /** Says it, again where it has been said. */
  join(): void;
  /** Takes it back; calls back `left` once nothing more can come, as far as that has to be waited for. */
  leave(left: () => void): void;
}

export interface MembershipParts {
  readonly core: Core;
  readonly members: Members;
  /** Whose it is. */
  readonly of: () => Subscriber;
  readonly options: SubscribeOptions;
  readonly subscribed: () => void;
  /** The server refuses it for good. */
  readonly refused: (error: SingyeongError) => void;
}

/** When to say it again where it was refused for now, in milliseconds. */
const retryMs = 1000;

const noResult = (): void => {};

export function createMembership(parts: MembershipParts): Membership {
  const { core, members, of, subscribed, refused } = parts;
  const { platform, session, messenger, hub } = core;
  const { from, ackMs, ack } = parts.options;
  /** Where it was said last. */
  let told: Link | null = null;
  let leaving = false;
  let cancelRetry: CancelTimer = noResult;

  /** As many as all that have one of the patterns can take together: what is said last of a pattern is in force. */
  function maxInFlight(): number {
    const each = [of(), ...members.sharersOf(of())].map(({ concurrency }) => Math.floor(concurrency));
    return Math.min(
      each.reduce((sum, one) => sum + one),
      maxInFlightLimit,
    );
  }

  function say(only: Link, t: string, d: object, bounds: { timeoutMs?: number }): Promise<void> {
    const nonce = messenger.nextNonce();
    const how = { awaits: "answer", nonce, repeatable: false, needs: extension, only } as const;
    return messenger.post({ op: Op.dispatch, t, nonce, d }, how, bounds, noResult);
  }

  function join(): void {
    const { topics, group, open } = of();
    if (!open || session.lasting === null) return;
    told = session.lasting;
    cancelRetry();
    const settling = ack === "none" ? { ack } : { max_in_flight: maxInFlight(), ack_ms: ackMs };
    const d = { topics, group, from, ...settling };
    say(told, "SUBSCRIBE", d, { timeoutMs: Number.POSITIVE_INFINITY }).then(subscribed, failed);
  }

  function failed(error: SingyeongError): void {
    if (!of().open || lostConnection.has(error.code)) return;
    // Its end tells.
    if (error.retry === "never") return refused(error);
    hub.report(error);
    cancelRetry();
    cancelRetry = platform.after(retryMs, join);
  }

  return {
    get leaving() {
      return leaving;
    },
    ensure() {
      if (told !== session.lasting) join();
    },
    join,
    leave(left) {
      cancelRetry();
      const link = told;
      told = null;
      if (link === null || link !== session.lasting) return;
      const sharers = members.sharersOf(of());
      const topics = of().topics.filter((topic) => !sharers.some((one) => one.topics.includes(topic)));
      for (const one of sharers) one.join();
      if (topics.length === 0) return;
      // While the connection is away nothing comes.
      leaving = session.link !== null;
      const done = (): void => {
        leaving = false;
        left();
      };
      say(link, "UNSUBSCRIBE", { topics, group: of().group }, {}).then(done, done);
    },
  };
}

/** Whoever loses a connection is told so once, and says it on the next one. */
const lostConnection: ReadonlySet<string> = new Set(["client/connection-lost", "client/closed"]);
