import { type Channel, createChannel } from "../channel/channel.ts";
import { SingyeongError } from "../errors.ts";
import { createHandling, type Handling } from "./handling.ts";
import type { Message, Messages, MessagesOptions, Subscription } from "./message.ts";

/** Hands messages to those who subscribed. */
export interface Inbox {
  deliver(message: Message): void;
  iterate(options: MessagesOptions): Messages;
  handle(handler: (message: Message) => unknown, options: MessagesOptions): Subscription;
  /** Ends every subscription: what waits is still read. */
  close(): void;
  /** Resolves when the handlers have had what waited for them: false where nothing did. */
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

interface Subscriber {
  readonly options: MessagesOptions;
  take(message: Message): void;
  close(): void;
}

export function createInbox(reports: InboxReports): Inbox {
  /** Replaced as a whole, so that a handler may subscribe, or end a subscription, while messages are handed out. */
  let subscribers: readonly Subscriber[] = [];
  const handlings = new Set<Handling<Message>>();
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
    const waited = early ?? [];
    early = null;
    subscribers = [...subscribers, subscriber];
    signal?.addEventListener("abort", subscriber.close, { once: true });
    for (const message of waited) offer(subscriber, message);
    if (!open) subscriber.close();
  }

  function leave(subscriber: Subscriber): void {
    subscribers = subscribers.filter((other) => other !== subscriber);
    subscriber.options.signal?.removeEventListener("abort", subscriber.close);
  }

  function subscribe(options: MessagesOptions): Channel<Message> {
    const channel: Channel<Message> = createChannel(capacityOf(options), () => leave(subscriber));
    const subscriber: Subscriber = {
      options,
      take(message) {
        if (!channel.push(message)) reports.dropped();
      },
      close: channel.close,
    };
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
    iterate(options) {
      const channel = subscribe(options);
      let iterated = false;
      const messages: Messages = {
        next: channel.next,
        return: channel.return,
        close: channel.close,
        [Symbol.asyncDispose]: channel[Symbol.asyncDispose],
        [Symbol.asyncIterator]() {
          if (iterated) throw alreadyConsumed();
          iterated = true;
          return messages;
        },
      };
      return messages;
    },
    handle(handler, options) {
      const handling = createHandling(handler, capacityOf(options), reports.failed);
      const close = (): void => {
        leave(subscriber);
        handling.whenIdle(() => handlings.delete(handling));
      };
      const subscriber: Subscriber = {
        options,
        take(message) {
          if (!handling.take(message)) reports.dropped();
        },
        close,
      };
      handlings.add(handling);
      admit(subscriber);
      return { close, [Symbol.dispose]: close };
    },
    close() {
      open = false;
      for (const subscriber of subscribers) subscriber.close();
    },
    async finished() {
      const busy = [...handlings].filter((handling) => handling.busy);
      await Promise.all(busy.map(({ whenIdle }) => new Promise<void>(whenIdle)));
      return busy.length > 0;
    },
  };
}

/** @throws `client/invalid-options` */
function capacityOf({ maxWaiting = defaultMaxWaiting }: MessagesOptions): number {
  if (maxWaiting >= 1) return maxWaiting;
  throw new SingyeongError("client/invalid-options", `maxWaiting is 1 or more, not ${maxWaiting}`);
}

function alreadyConsumed(): SingyeongError {
  return new SingyeongError("client/already-consumed", "iterated already: call messages() again");
}
