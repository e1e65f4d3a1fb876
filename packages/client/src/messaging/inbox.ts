import { type Channel, createChannel } from "../channel/channel.ts";
import type { Platform } from "../platform/platform.ts";
import { atLeastOne } from "./at-least-one.ts";
import { createHandling, type Handling } from "./handling.ts";
import type { Message, Messages, MessagesOptions, Subscription } from "./message.ts";

/** Hands messages to those who subscribed. */
export interface Inbox {
  deliver(message: Message): void;
  iterate(options: MessagesOptions): Messages;
  handle(handler: (message: Message) => unknown, options: MessagesOptions): Subscription;
  /** Ends every subscription: what waits is still read. */
  close(): void;
  /** Has `finished` wait for somebody else as well. */
  attend(consumer: Consumer): void;
  /** Resolves when handlers and readers are done with what waited for them: false where nothing did. */
  finished(): Promise<boolean>;
}

export interface InboxReports {
  /** A message took the place of an older one that nobody had read. */
  dropped(): void;
  /** A user's function failed. */
  failed(cause: unknown): void;
}

/** Waiting messages of a subscription unless it says otherwise, and of nobody before the first subscription. */
const defaultMaxWaiting = 1000;

/** Whoever works on messages: a handler, or the reader of a channel. */
export type Consumer = Pick<Handling<Message>, "busy" | "whenIdle">;

interface Subscriber {
  readonly options: MessagesOptions;
  take(message: Message): void;
  close(): void;
}

export function createInbox(reports: InboxReports, soon: Platform["soon"]): Inbox {
  /** Replaced as a whole, so that a handler may subscribe, or end a subscription, while messages are handed out. */
  let subscribers: readonly Subscriber[] = [];
  const consumers = new Set<Consumer>();
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
    if (open) return soon(handOutEarly);
    handOutEarly();
    subscriber.close();
  }

  /** Gives what came before the first subscription to whoever subscribed in that turn. */
  function handOutEarly(): void {
    const [messages, present] = [early ?? [], subscribers];
    if (present.length === 0) return;
    early = null;
    for (const message of messages) for (const subscriber of present) offer(subscriber, message);
  }

  function leave(subscriber: Subscriber, consumer: Consumer): void {
    consumer.whenIdle(() => consumers.delete(consumer));
    subscribers = subscribers.filter((other) => other !== subscriber);
    subscriber.options.signal?.removeEventListener("abort", subscriber.close);
  }

  function subscribe(options: MessagesOptions): Channel<Message> {
    const channel: Channel<Message> = createChannel(capacityOf(options), () => leave(subscriber, channel));
    const subscriber: Subscriber = {
      options,
      take(message) {
        if (!channel.push(message)) reports.dropped();
      },
      close: channel.close,
    };
    consumers.add(channel);
    admit(subscriber);
    return channel;
  }

  return {
    deliver(message) {
      if (early === null) {
        for (const subscriber of subscribers) offer(subscriber, message);
      } else if (early.push(message) > defaultMaxWaiting) {
        early.shift();
        reports.dropped();
      }
    },
    iterate: subscribe,
    handle(handler, options) {
      const handling = createHandling(handler, capacityOf(options), reports.failed);
      const close = (): void => leave(subscriber, handling);
      const subscriber: Subscriber = {
        options,
        take(message) {
          if (!handling.take(message)) reports.dropped();
        },
        close,
      };
      consumers.add(handling);
      admit(subscriber);
      return { close, [Symbol.dispose]: close };
    },
    close() {
      handOutEarly();
      open = false;
      for (const subscriber of subscribers) subscriber.close();
    },
    attend: (consumer) => void consumers.add(consumer),
    async finished() {
      const busy = [...consumers].filter((consumer) => consumer.busy);
      await Promise.all(busy.map(({ whenIdle }) => new Promise<void>(whenIdle)));
      return busy.length > 0;
    },
  };
}

/** @throws `client/invalid-options` */
const capacityOf = ({ maxWaiting = defaultMaxWaiting }: MessagesOptions): number =>
  atLeastOne("maxWaiting", maxWaiting);
