import type { Link } from "../session/link.ts";
import { createHeld, type Held, signalOf } from "../work/held.ts";
import type { EventDelivery } from "./delivery.ts";
import type { EventNackOptions, TopicEvent } from "./topic.ts";

/** An event that was given to this client, and how it stands with it. Its deadline is when it has to be settled. */
export type HeldEvent = Held<EventDelivery, TopicEvent>;

/** What an event can be asked to do with itself. */
export interface EventActions {
  ack(held: HeldEvent): Promise<void>;
  nack(held: HeldEvent, options?: EventNackOptions): Promise<void>;
  reply(held: HeldEvent, payload: unknown): Promise<void>;
}

export function createHeldEvent(delivery: EventDelivery, link: Link, actions: EventActions): HeldEvent {
  return createHeld<EventDelivery, TopicEvent>(delivery, link, (held) => new ReceivedEvent(held, actions));
}

/** A class for its prototype: events come by the thousand. */
class ReceivedEvent implements TopicEvent {
  readonly id: string;
  readonly topic: string;
  readonly group: string;
  readonly attempt: number;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly wantsReply: boolean;
  readonly #held: HeldEvent;
  readonly #actions: EventActions;

  constructor(held: HeldEvent, actions: EventActions) {
    const { id, topic, group, attempt, payload, headers, wantsReply } = held.delivery;
    this.id = id;
    this.topic = topic;
    this.group = group;
    this.attempt = attempt;
    this.payload = payload;
    this.headers = headers;
    this.wantsReply = wantsReply;
    this.#held = held;
    this.#actions = actions;
  }

  get signal(): AbortSignal {
    return signalOf(this.#held);
  }

  ack(): Promise<void> {
    return this.#actions.ack(this.#held);
  }

  nack(options?: EventNackOptions): Promise<void> {
    return this.#actions.nack(this.#held, options);
  }

  reply(payload: unknown): Promise<void> {
    return this.#actions.reply(this.#held, payload);
  }
}
