import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Rights } from "../access/rights.ts";
import type { QueueRefusal, Refused, Settled } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import type { Pattern } from "./pattern.ts";

/** What a `SUBSCRIBE` says. */
export interface SubscriptionTerms {
  /** No two alike. */
  readonly patterns: readonly Pattern[];
  readonly group: string;
  readonly fromEarliest: boolean;
  readonly maxInFlight: number;
  /** `null` is the server's usual time. */
  readonly ackMs: number | null;
  /** True where messages count as dealt with before they are handed over. */
  readonly isUnacked: boolean;
}

/** What is published, its parts raw in the codec of its sender. Borrowed: read only during the call. */
export interface Publication {
  /** A topic ([TO-1]). */
  readonly topic: string;
  /** What its sender may do; `null` is no bound. */
  readonly rights: Rights | null;
  readonly codec: Codec;
  readonly payload: Raw;
  readonly headers: Raw | undefined;
  /** `undefined` where any member may get it. */
  readonly target: Raw | undefined;
}

/** Who waits for answers to a publication, and for how long. */
export interface AnswerWish {
  readonly client: Client;
  /** Raw in the client's codec, and its own to keep. */
  readonly nonce: Raw;
  readonly deadlineMs: number;
}

export type PublishOutcome = { readonly ok: true; readonly id: string; readonly groups: number } | QueueRefusal;

/** Where an event was settled, or why not. */
export type EventOutcome = { readonly ok: true; readonly queue: string } | QueueRefusal;

/** Settings that topics go by. */
export interface TopicLimits {
  readonly memoryTopics: readonly string[];
  readonly topicAckMs: number;
  readonly topicGroupMs: number;
  readonly topicRetainMs: number;
  readonly maxTopicRetained: number;
  readonly maxTopicMemoryBytes: number;
  readonly maxSubscriptions: number;
  readonly queueMaxAttempts: number;
  readonly maxQueues: number;
  readonly maxQueueMessageBytes: number;
  readonly maxDiskBytes: number;
}

/** Topics of this server: groups of clients that subscribe, and what is published to them. */
export interface Topics {
  /** Goes on from what the queues' store held: called once, when they are open. */
  open(): void;
  /** Makes a client a member; told once that holds over a crash, or why it does not. */
  subscribe(client: Client, terms: SubscriptionTerms, settled: Settled<Refused>): void;
  /** Takes patterns from a client, in one group or, where that is null, in all. */
  unsubscribe(client: Client, patterns: readonly string[], group: string | null): void;
  /** Brings a message to all groups that have a pattern for its topic; told once it is stored. A refusal may come during the call. */
  publish(publication: Publication, wish: AnswerWish | null, settled: Settled<PublishOutcome>): void;
  /** An event is dealt with. `settled` where given is told once that is on disk. */
  ack(client: Client, id: string, settled: Settled<void> | null): EventOutcome;
  /** An event is not dealt with: again after `delayMs`. */
  nack(client: Client, id: string, delayMs: number, settled: Settled<void> | null): EventOutcome;
  /** Answers an event; `payload` is raw in the client's codec, and borrowed. Where nobody waits for it nothing happens. */
  reply(client: Client, id: string, payload: Raw): void;
  /** A client can say nothing more: what it held is given to others. */
  release(client: Client): void;
  /** Nothing happens any more by itself. */
  stop(): void;
}
