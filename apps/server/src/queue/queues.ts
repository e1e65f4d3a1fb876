import type { ErrorCode, Value } from "@singyeong/protocol";
import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { QueueInfo, QueueMessageInfo } from "@singyeong/protocol/schema";
import type { Static } from "typebox";
import type { Rights } from "../access/rights.ts";
import type { MessageState, StoreFault } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";

/** A message on its way into a queue, its parts raw in the codec of its sender. Borrowed: read only during the call. */
export interface Push {
  readonly queue: string;
  /** What its sender may do; `null` is no bound. */
  readonly rights: Rights | null;
  readonly codec: Codec;
  readonly target: Raw;
  readonly payload: Raw;
  readonly nonce: Raw | undefined;
  readonly headers: Raw | undefined;
  /** Pushes of one id within the window are one message; `null` is none. */
  readonly id: string | null;
  readonly delayMs: number;
  /** 0 is for ever. */
  readonly ttlMs: number;
  readonly priority: number;
  /** `null` for the server's usual number. */
  readonly maxAttempts: number | null;
}

/** Why something was refused: the row of the table of errors, and what stands in `extra_info`. */
export interface QueueRefusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly extraInfo: Value;
}

export function refuse(code: ErrorCode, extraInfo: Value): QueueRefusal {
  return { ok: false, code, extraInfo };
}

/** Settings that queues go by. */
export interface QueueLimits {
  readonly queueLeaseMs: number;
  readonly queueRetryMs: number;
  readonly queueMaxAttempts: number;
  readonly queueDedupMs: number;
  readonly maxQueues: number;
  readonly maxQueueMessages: number;
  readonly maxQueueBytes: number;
  readonly maxQueueMessageBytes: number;
  readonly maxQueueTargets: number;
  /** Messages that one client holds or has asked for; 0 is no bound. */
  readonly maxLeases: number;
  readonly maxQueueIds: number;
  readonly maxDiskBytes: number;
}

export type PushOutcome = { readonly ok: true; readonly id: string } | QueueRefusal;

/** What was read back: messages by where they stood (those that were leased are ready now), queues and ids. */
export interface RecoveryReport extends Readonly<Record<MessageState, number>> {
  readonly queues: number;
  readonly identities: number;
}

/** Told once what a client asked for is on disk, or why it could not be put there. */
export type Settled<Outcome> = (outcome: Outcome) => void;

export type Refused = QueueRefusal | null;

/** The queues of this server: messages that say by query who may take them, and clients that ask for some. */
export interface Queues {
  /** Opens the store and reads back what it holds. @throws StoreError */
  open(): Promise<RecoveryReport>;
  /** Stores a message; a refusal may come during the call, everything else comes once the message is on disk. */
  push(push: Push, settled: Settled<PushOutcome>): void;
  /** A client is ready for `count` more messages of a queue. */
  request(client: Client, queue: string, count: number): Refused;
  /** Takes every open request of a client back. */
  cancel(client: Client, queue: string): void;
  /** A message is done with. `settled` where given is told once that is on disk. */
  ack(client: Client, queue: string, id: string, settled: Settled<void> | null): Refused;
  /** A message was not dealt with: again after `delayMs` (`null` is the usual delay), or never (`dead`). */
  nack(
    client: Client,
    queue: string,
    id: string,
    options: { readonly delayMs: number | null; readonly dead: boolean },
    settled: Settled<void> | null,
  ): Refused;
  /** A lease ends `ms` from now instead. */
  extend(client: Client, queue: string, id: string, ms: number): Refused;
  /** A client can say nothing more: what it held is given to others. */
  release(client: Client): void;
  readonly admin: QueueAdmin;
  /** Why the store cannot write now, as far as that is known; `null` where it can. */
  readonly fault: () => StoreFault | null;
  /** Stores what is under way and lets go of the store. */
  close(): Promise<void>;
  /** Lets go of the store as a crash would: what is not on disk yet is lost. */
  kill(): Promise<void>;
}

/** Messages as people see them, and where to go on; `next` is null where this was all. */
export interface QueuePage {
  readonly messages: readonly Static<typeof QueueMessageInfo>[];
  readonly next: string | null;
}

/** What people do to queues. Names of queues that do not exist give `null`. Changes resolve once they are on disk. */
export interface QueueAdmin {
  /** Queues whose name begins with `prefix`, by name. */
  list(prefix: string): readonly Static<typeof QueueInfo>[];
  info(queue: string): Static<typeof QueueInfo> | null;
  /**
   * Messages in one state, in the order they would be given out, dead ones as they died; from behind the place `after`, the `next` of a page before.
   * At most `limit`, and no more than the first one beyond `maxBytes` (of the messages as stored).
   */
  messages(
    queue: string,
    page: {
      readonly state: MessageState;
      readonly limit: number;
      readonly maxBytes: number;
      readonly after: string | null;
    },
  ): Promise<QueuePage | QueueRefusal | null>;
  /** One message, whatever its state; `null` also where it is not there. */
  message(queue: string, id: string): Promise<Static<typeof QueueMessageInfo> | null>;
  /** Removes messages as if they had been acknowledged, whoever holds them. Resolves with how many there were. */
  ack(queue: string, ids: readonly string[]): Promise<number | null>;
  /** Gives dead messages another life, `attempt` counting anew; `null` is all of them. Resolves with how many. */
  redrive(queue: string, ids: readonly string[] | null): Promise<number | null>;
  /** Removes all messages in some states that are there now; not those that are leased. Resolves with how many there were. */
  purge(queue: string, states: readonly Exclude<MessageState, "leased">[]): Promise<number | null>;
  /** Stops or starts giving out; what is leased stays leased. Makes the queue where it does not exist. */
  pause(queue: string, paused: boolean): Promise<Refused>;
  /** Copies the store while it is in use. @throws StoreError */
  backup(name: string): Promise<{ readonly path: string; readonly bytes: number }>;
}
