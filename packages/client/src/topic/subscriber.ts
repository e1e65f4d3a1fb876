import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { quiet } from "../messaging/quiet.ts";
import type { Grip, Hands } from "../work/hands.ts";
import { createStation } from "../work/station.ts";
import type { EventDelivery } from "./delivery.ts";
import type { Events } from "./events.ts";
import type { HeldEvent } from "./held-event.ts";
import type { Members } from "./members.ts";
import { createMembership } from "./membership.ts";
import { compilePattern } from "./pattern.ts";
import type { SubscribeOptions, TopicSubscription } from "./topic.ts";

/** A subscription, and what befalls it. */
export interface Subscriber extends Pick<TopicSubscription, "stop" | "closed" | "subscribed"> {
  readonly group: string;
  /** Its patterns. */
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly options: SubscribeOptions;
  readonly open: boolean;
  /** For how many more events it has hands, less those that wait; never any where it takes no more. */
  readonly room: number;
  /** Whether a topic fits one of the patterns. */
  covers(segments: readonly string[]): boolean;
  take(delivery: EventDelivery): void;
  start(): void;
  /** Tells the server, again where it has been told. */
  join(): void;
  /** A connection stands: tells the server, if it does not know. */
  connected(): void;
  end(error: SingyeongError | null): void;
}

export interface SubscriberParts {
  readonly core: Core;
  readonly events: Events;
  readonly members: Members;
  readonly topics: readonly string[];
}

/** Most events that wait for hands, unless there are more hands, and how long one is given back that finds no place, in milliseconds. */
const maxWaiting = 1000;
const postponeMs = 1000;

/**
 * Gives the hands `concurrency` events at a time. Servers give no more, but for those that a handler has still in hand when their time is
 * over, for those that count with another subscription, and with `ack: "none"`: these wait in line.
 */
export function createSubscriber(
  { core, events, members, topics: given }: SubscriberParts,
  options: SubscribeOptions,
  createHands: (grip: Grip<HeldEvent>) => Hands<HeldEvent>,
): Subscriber {
  const { group = core.address.app, concurrency = 1, ackMs, ack } = options;
  const topics = [...new Set(given)];
  const patterns = topics.map(compilePattern);
  const isLeased = ack !== "none";
  const subscribed = Promise.withResolvers<void>();
  quiet(subscribed.promise);
  let line: HeldEvent[] = [];
  let pumping = false;

  const membership = createMembership({
    core,
    members,
    of: () => subscriber,
    options,
    subscribed: subscribed.resolve,
    refused: (error) => station.end(error),
  });

  const station = createStation<HeldEvent>(
    {
      signal: options.signal,
      report: core.hub.report,
      settle: events.settle,
      released: pump,
      get pending() {
        return membership.leaving || line.length > 0;
      },
      stopping(hands) {
        // First, lest what is given back comes again.
        membership.leave(() => station.finish());
        hands.stop();
        if (isLeased) giveBack();
        else pump();
      },
      ended() {
        membership.leave(() => {});
        members.all.delete(subscriber);
        giveBack();
      },
    },
    createHands,
  );
  void station.closed().then((error) => {
    subscribed.reject(error ?? new SingyeongError("client/aborted", "the subscription was stopped"));
  });

  function pump(): void {
    if (pumping) return;
    pumping = true;
    while (line.length > 0 && station.size < concurrency) {
      const held = line.shift()!;
      if (held.lost !== null) continue;
      station.add(held);
      station.hands.take(held);
    }
    pumping = false;
    station.finish();
  }

  function giveBack(): void {
    const unbegun = line;
    line = [];
    for (const held of unbegun) station.settle(held, "return");
  }

  /** Makes room for one more in line; false where there is none. */
  function admits(): boolean {
    const most = Math.max(maxWaiting, concurrency);
    if (line.length >= most) line = line.filter(({ lost }) => lost === null);
    if (line.length < most) return true;
    if (isLeased) return false;
    line.shift();
    core.hub.dropped("inbox");
    return true;
  }

  const subscriber: Subscriber = {
    group,
    topics,
    concurrency,
    options,
    get open() {
      return station.state === "open";
    },
    get room() {
      return station.state === "open" ? concurrency - station.size - line.length : Number.NEGATIVE_INFINITY;
    },
    covers: (segments) => patterns.some((pattern) => pattern(segments)),
    take(delivery) {
      const held = isLeased ? events.hold(delivery, ackMs) : events.take(delivery);
      if (isLeased && station.state !== "open") return station.settle(held, "return");
      if (!admits()) return void events.postpone(Object.assign(held, { done: true }), postponeMs);
      line.push(held);
      pump();
    },
    start() {
      members.all.add(subscriber);
      station.start();
      if (station.state === "open") membership.ensure();
    },
    join: membership.join,
    connected: membership.ensure,
    stop: station.stop,
    end: station.end,
    closed: station.closed,
    subscribed: () => subscribed.promise,
  };
  return subscriber;
}
