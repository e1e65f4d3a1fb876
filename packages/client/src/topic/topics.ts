import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { unaskedFor } from "../messaging/unasked.ts";
import { attend } from "../work/attend.ts";
import type { Grip, Hands } from "../work/hands.ts";
import { handleWork, iterateWork } from "../work/open-work.ts";
import { readEvent } from "./delivery.ts";
import { findDisagreement } from "./disagreement.ts";
import { createEvents } from "./events.ts";
import { extension } from "./extension.ts";
import type { HeldEvent } from "./held-event.ts";
import { createMembers } from "./members.ts";
import { createPublishing, type Publishing } from "./publish.ts";
import { createSubscriber, type Subscriber } from "./subscriber.ts";
import type { SubscribeOptions, TopicEvent, TopicEvents, TopicSubscription } from "./topic.ts";

/** What a client does with topics. */
export interface Topics extends Pick<Publishing, "publish" | "publishAndWait" | "replies"> {
  /** `args` as for `Client.subscribe`. What is not made for loops has no `next` and `return`. */
  subscribe(
    refusal: SingyeongError | null,
    topics: string | readonly string[],
    args: readonly unknown[],
  ): TopicSubscription | TopicEvents;
}

/** How long an event is given back that none of our subscriptions fits, in milliseconds: not at once, or it might come here again. */
const strayMs = 1000;

/** `core.refusal` is why nothing new may be sent now. */
export function createTopics(core: Core): Topics {
  const { session, hub, routes } = core;
  const events = createEvents(core);
  const members = createMembers();
  const unasked = unaskedFor(core, extension);
  const { published, replied, ...publishing } = createPublishing(core);

  Object.assign(routes, {
    EVENT(frame) {
      const delivery = readEvent(frame);
      // What comes while no connection stands is of one that was left: whoever leaves gives up what it holds.
      if (delivery === null || session.link === null || events.holds(delivery)) return;
      const owner = members.ownerOf(delivery);
      if (owner !== null) return owner.take(delivery);
      events.postpone(Object.assign(events.hold(delivery, undefined), { done: true }), strayMs);
    },
    SUBSCRIBED: routes.QUERY_NODES!,
    UNSUBSCRIBED: routes.QUERY_NODES!,
    QUEUE_SETTLED: routes.DISPATCHED!,
    PUBLISHED: published,
    REPLY: replied,
  } satisfies Core["routes"]);

  hub.on("connected", () => {
    for (const { connected } of members.all) connected();
  });
  session.onDown(events.lost);
  attend(core, members.all);

  function open(
    refusal: SingyeongError | null,
    topics: string | readonly string[],
    options: SubscribeOptions,
    createHands: (grip: Grip<HeldEvent>) => Hands<HeldEvent>,
  ): Subscriber {
    const list = typeof topics === "string" ? [topics] : topics;
    const subscriber = createSubscriber({ core, events, members, topics: list }, options, createHands);
    const problem = refusal ?? unasked ?? findDisagreement(subscriber, members);
    // A drain that has begun while all of this was being loaded leaves it nothing to do.
    if (problem !== null || core.refusal() !== null) subscriber.end(problem);
    else subscriber.start();
    return subscriber;
  }

  return {
    ...publishing,
    subscribe(refusal, topics, [first, second]) {
      let subscriber: Subscriber;
      const opening =
        (options: SubscribeOptions = {}) =>
        (createHands: (grip: Grip<HeldEvent>) => Hands<HeldEvent>) => {
          subscriber = open(refusal, topics, options, createHands);
          return subscriber;
        };
      const work =
        typeof first === "function"
          ? handleWork((held) => run(first as never, held), nameHandler, hub, opening(second as SubscribeOptions))
          : iterateWork(opening(first as SubscribeOptions));
      return Object.assign(work, { subscribed: () => subscriber.subscribed() }) as TopicSubscription | TopicEvents;
    },
  };

  function nameHandler({ delivery: { topic, group } }: HeldEvent): string {
    return `the handler of ${topic} (group ${group})`;
  }

  /** What a handler returns is the answer, where one is wanted. */
  async function run(handler: (event: TopicEvent) => unknown, held: HeldEvent): Promise<void> {
    await events.answer(held, await handler(held.item));
  }
}
