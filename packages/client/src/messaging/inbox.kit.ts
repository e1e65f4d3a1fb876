import type { Platform } from "../platform/platform.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import type { Message } from "./message.ts";

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

/** An inbox that counts what it drops and keeps what failed. */
interface InboxStage {
  readonly inbox: Inbox;
  readonly failures: unknown[];
  dropped: number;
  deliver(...payloads: readonly unknown[]): void;
}

/** By default nothing waits for the end of a turn: the first subscription is the only one in its own. */
export function stageInbox(soon: Platform["soon"] = (run) => run()): InboxStage {
  const inbox = createInbox(
    {
      dropped: () => stage.dropped++,
      failed: (cause) => stage.failures.push(cause),
    },
    soon,
  );
  const stage: InboxStage = {
    inbox,
    failures: [],
    dropped: 0,
    deliver(...payloads) {
      for (const payload of payloads) inbox.deliver(createMessage(payload));
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
