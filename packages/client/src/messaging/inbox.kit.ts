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

export function stageInbox(): InboxStage {
  const inbox = createInbox({
    dropped: () => stage.dropped++,
    failed: (cause) => stage.failures.push(cause),
  });
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
