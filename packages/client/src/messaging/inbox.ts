import { SingyeongError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import { atLeastOne } from "./at-least-one.ts";
import { lateStream } from "./late-object.ts";
import type { Messages, MessagesOptions, Subscription } from "./message.ts";
import type { Reading } from "./reading.ts";
import type { Arrival } from "./received-message.ts";

/** Whoever works on messages: a handler, or the reader of a channel. */
export interface Consumer {
  readonly busy: boolean;
  /** Calls back once it is no longer busy. */
  whenIdle(run: () => void): void;
}

/** What others sent, for those who read it: how that is done is loaded with the first of them. */
export interface Inbox {
  deliver(arrival: Arrival): void;
  /** Subscribes a handler, or whoever iterates, with options as the last argument. */
  messages(...args: readonly unknown[]): Messages | Subscription;
  /** Ends every subscription: what waits is still read. */
  close(): void;
  /** How messages are read has been loaded. */
  begin(reading: Reading): void;
  /** Has `finished` wait for somebody else as well; what it gives takes that back. */
  attend(consumer: Consumer): () => void;
  /** Resolves when handlers and readers are done with what waited for them: false where nothing did. */
  finished(): Promise<boolean>;
}

export interface InboxReports {
  /** A message took the place of an older one that nobody had read. */
  dropped(): void;
  /** How messages are read could not be loaded for a handler. */
  failed(error: SingyeongError): void;
}

/** Messages that wait until somebody can read them. */
const maxEarly = 1000;

/** `load` resolves once `begin` was called. */
export function createInbox(load: () => unknown, reports: InboxReports, soon: Platform["soon"]): Inbox {
  const consumers = new Set<Consumer>();
  let reading: Reading | null = null;
  /** What befell before that, in its order. */
  const log: (Arrival | ((reading: Reading) => void))[] = [];
  let early = 0;

  function act(step: (reading: Reading) => void): void {
    if (reading !== null) step(reading);
    else log.push(step);
  }

  return {
    deliver(arrival) {
      if (reading !== null) return reading.deliver(arrival);
      log.push(arrival);
      if (++early <= maxEarly) return;
      early--;
      log.splice(
        log.findIndex((entry) => typeof entry === "object"),
        1,
      );
      reports.dropped();
    },
    messages(...args) {
      const isHandled = typeof args[0] === "function";
      const options = (args.at(isHandled ? 1 : 0) ?? {}) as MessagesOptions;
      atLeastOne("maxWaiting", options.maxWaiting ?? 1);
      let made: Messages | Subscription | undefined;
      let isGivenUp = false;
      act((reading) => {
        if (!isGivenUp) made = isHandled ? reading.handle(args[0] as never, options) : reading.iterate(options);
      });
      soon(() => act((reading) => reading.endTurn()));
      if (made !== undefined) return made;

      const opened = (async () => {
        await load();
        return made as unknown as Messages;
      })();
      // Who iterates has been told; a handler gets its messages once somebody else asks for them.
      opened.catch((cause) => {
        isGivenUp = !isHandled;
        if (isHandled)
          reports.failed(new SingyeongError("client/unreachable", "messages cannot be read yet", { cause }));
      });
      const close = (): void => act(() => made?.close());
      return isHandled ? { close, [Symbol.dispose]: close } : lateStream(opened, close);
    },
    close: () => act((reading) => reading.close()),
    begin(loaded) {
      reading = loaded;
      for (const entry of log) {
        if (typeof entry === "object") loaded.deliver(entry);
        else entry(loaded);
      }
      log.length = 0;
    },
    attend(consumer) {
      consumers.add(consumer);
      return () => void consumers.delete(consumer);
    },
    async finished() {
      const busy = [...consumers].filter((consumer) => consumer.busy);
      await Promise.all(busy.map(({ whenIdle }) => new Promise<void>(whenIdle)));
      return busy.length > 0;
    },
  };
}
