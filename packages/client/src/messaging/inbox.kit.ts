import type { Platform } from "../platform/platform.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import type { Message, Messages, MessagesOptions, Subscription } from "./message.ts";
import { createReading } from "./reading.ts";

/** A message with nothing to it but its payload. */
export function createMessage(payload: unknown, event: Message["event"] = "SEND"): Message {
  return {
    event,
    payload,
    nonce: null,
    headers: {},
    sentAtMs: 0,
    wantsReply: false,
    reply: () => Promise.resolve({ count: 1 }),
  };
}

/** An inbox as its users see it. */
interface StagedInbox extends Pick<Inbox, "close" | "attend" | "finished"> {
  deliver(message: Message): void;
  iterate(options: MessagesOptions): Messages;
  handle(handler: (message: Message) => unknown, options: MessagesOptions): Subscription;
}

/** An inbox that counts what it drops and keeps what failed. */
interface InboxStage {
  readonly inbox: StagedInbox;
  readonly failures: unknown[];
  dropped: number;
  deliver(...payloads: readonly unknown[]): void;
  /** How messages are read has been loaded, or could not be. */
  load(failure?: Error): Promise<void>;
}

/**
 * By default nothing waits for the end of a turn: the first subscription is the only one in its own. How messages are read is there
 * unless `isLoaded` is false.
 */
export function stageInbox(soon: Platform["soon"] = (run) => run(), isLoaded = true): InboxStage {
  let loading = Promise.withResolvers<void>();
  const dropped = (): number => stage.dropped++;
  const failed = (cause: unknown): number => stage.failures.push(cause);
  const made = createInbox(() => loading.promise, { dropped, failed }, soon);
  const begin = (): void => made.begin(createReading(({ frame }) => frame.d as Message, made, { dropped, failed }));
  if (isLoaded) begin();
  const inbox: StagedInbox = {
    ...made,
    deliver: (message) => made.deliver({ event: message.event, frame: { op: 4, d: message }, payload: null }),
    iterate: (options) => made.messages(options) as Messages,
    handle: (...args) => made.messages(...args) as Subscription,
  };
  const stage: InboxStage = {
    inbox,
    failures: [],
    dropped: 0,
    deliver(...payloads) {
      for (const payload of payloads) inbox.deliver(createMessage(payload));
    },
    async load(failure) {
      if (failure === undefined) {
        begin();
        loading.resolve();
      } else {
        loading.reject(failure);
        loading = Promise.withResolvers();
      }
      await new Promise(setImmediate);
    },
  };
  return stage;
}

/** Payloads of all messages up to the end. */
export async function readPayloads(messages: AsyncIterable<Message>): Promise<unknown[]> {
  const payloads: unknown[] = [];
  for await (const { payload } of messages) payloads.push(payload);
  return payloads;
}
