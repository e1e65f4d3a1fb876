import { type Channel, createChannel } from "../channel/channel.ts";
import { createHandling, type Handling } from "./handling.ts";
import type { Inbox } from "./inbox.ts";
import type { Message, Messages, MessagesOptions, Subscription } from "./message.ts";
import type { Arrival } from "./received-message.ts";

/** Hands messages to those who subscribed. */
export interface Reading {
  deliver(arrival: Arrival): void;
  iterate(options: MessagesOptions): Messages;
  handle(handler: (message: Message) => unknown, options: MessagesOptions): Subscription;
  /** Gives what came before the first subscription to whoever subscribed in this turn. */
  endTurn(): void;
  /** Ends every subscription: what waits is still read. */
  close(): void;
}

export interface ReadingReports {
  /** A message took the place of an older one that nobody had read. */
  dropped(): void;
  /** A user's function failed. */
  failed(cause: unknown): void;
}

/** Waiting messages of a subscription unless it says otherwise, and of nobody before the first subscription. */
const defaultMaxWaiting = 1000;

interface Subscriber {
  readonly options: MessagesOptions;
  take(message: Message): void;
  close(): void;
}

export function createReading(
  receive: (arrival: Arrival) => Message,
  { attend }: Pick<Inbox, "attend">,
  reports: ReadingReports,
): Reading {
  /** Replaced as a whole, so that a handler may subscribe, or end a subscription, while messages are handed out. */
  let subscribers: readonly Subscriber[] = [];
  /** Messages from before the first subscription; `null` once there was one. */
  let early: Message[] | null = [];
  let open = true;

  function wants({ event, filter }: MessagesOptions, message: Message): boolean {
    if (event !== undefined && event !== message.event) return false;
    try {
      return filter === undefined || filter(message);
    } catch (cause) {
      reports.failed(cause);
      return false;
    }
  }

  function offer(subscriber: Subscriber, message: Message): void {
    if (wants(subscriber.options, message)) subscriber.take(message);
  }

  function admit(subscriber: Subscriber): void {
    const { signal } = subscriber.options;
    if (signal?.aborted) return subscriber.close();
    subscribers = [...subscribers, subscriber];
    signal?.addEventListener("abort", subscriber.close, { once: true });
    if (open) return;
    endTurn();
    subscriber.close();
  }

  function endTurn(): void {
    const [messages, present] = [early ?? [], subscribers];
    if (present.length === 0) return;
    early = null;
    for (const message of messages) for (const subscriber of present) offer(subscriber, message);
  }

  /** What it gives is called when a subscription ends. */
  function join(subscriber: Subscriber, consumer: Pick<Handling<Message>, "busy" | "whenIdle">): () => void {
    const detach = attend(consumer);
    return () => {
      consumer.whenIdle(detach);
      subscribers = subscribers.filter((other) => other !== subscriber);
      subscriber.options.signal?.removeEventListener("abort", subscriber.close);
    };
  }

  return {
    deliver(arrival) {
      const message = receive(arrival);
      if (early === null) {
        for (const subscriber of subscribers) offer(subscriber, message);
      } else if (early.push(message) > defaultMaxWaiting) {
        early.shift();
        reports.dropped();
      }
    },
    iterate(options) {
      const channel: Channel<Message> = createChannel(options.maxWaiting ?? defaultMaxWaiting, () => leave());
      const subscriber: Subscriber = {
        options,
        take(message) {
          if (!channel.push(message)) reports.dropped();
        },
        close: channel.close,
      };
      const leave = join(subscriber, channel);
      admit(subscriber);
      return channel;
    },
    handle(handler, options) {
      const handling = createHandling(handler, options.maxWaiting ?? defaultMaxWaiting, reports.failed);
      const close = (): void => leave();
      const subscriber: Subscriber = {
        options,
        take(message) {
          if (!handling.take(message)) reports.dropped();
        },
        close,
      };
      const leave = join(subscriber, handling);
      admit(subscriber);
      return { close, [Symbol.dispose]: close };
    },
    endTurn,
    close() {
      endTurn();
      open = false;
      for (const subscriber of subscribers) subscriber.close();
    },
  };
}
