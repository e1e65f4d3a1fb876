import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import type { BuiltQuery, Query } from "../query/query.ts";
import type { Consumer } from "../work/consumer.ts";

export interface SubscribeOptions {
  /**
   * The group that this client is a member of: each message goes to one member of every group.
   * @default its application: the clients of an application share the messages
   */
  readonly group?: string | undefined;
  /**
   * Where a group that is new to the topics begins: with what is published from then on, or with what is kept of them.
   * @default "latest"
   */
  readonly from?: "latest" | "earliest" | undefined;
  /** How many events are at work, or wait for a loop, at a time. @default 1 */
  readonly concurrency?: number | undefined;
  /** How long an event may take, in milliseconds: past it, it goes to a member of the group again. @default the server's, 15000 */
  readonly ackMs?: number | undefined;
  /**
   * `none` takes each event as dealt with before it is handed over: at most once. Up to 1,000 of them wait then for those that are at work;
   * past it the oldest is dropped and a status of type `dropped` tells.
   * @default "explicit"
   */
  readonly ack?: "explicit" | "none" | undefined;
  /** Stops it, as `stop` does. */
  readonly signal?: AbortSignal | undefined;
}

/** A message that was published to a topic, for this member of a group: nobody else of the group gets it until it is settled, or its time is over. */
export interface TopicEvent<P = unknown> {
  /** The same for every delivery of the message to the group. */
  readonly id: string;
  readonly topic: string;
  readonly group: string;
  /** How often the group has been given it, 1 the first time. */
  readonly attempt: number;
  readonly payload: P;
  /** Text to text; empty where the publisher gave none. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Aborted when the event is no longer ours: its time is over, or the connection lost for good. Somebody else may get it. Never with
   * `ack: "none"`.
   */
  readonly signal: AbortSignal;
  /** Whether the publisher waits for answers. */
  readonly wantsReply: boolean;
  /**
   * It is done with. Resolves once that is stored, durably unless the topic is kept in memory: then it never comes back. The first `ack`
   * or `nack` counts.
   * @throws `queue/not-leased` where somebody else has got it; `client/connection-lost` where the connection that it came on is
   * gone
   */
  ack(): Promise<void>;
  /**
   * It is not dealt with: it goes to a member of the group again. Else as `ack`.
   * @throws `queue/not-leased` with `ack: "none"`, too
   */
  nack(options?: EventNackOptions): Promise<void>;
  /**
   * Answers the publisher, once, and acknowledges nothing. Resolves when it is on its way.
   * @throws `client/invalid-value` where no answer is wanted, or one was given; `client/connection-lost`
   */
  reply(payload: unknown): Promise<void>;
}

export interface EventNackOptions {
  /** When it may come again, in milliseconds. @default 0 */
  readonly delayMs?: number | undefined;
}

/** A member of a group, over as many connections as it takes. */
export interface TopicSubscription extends Consumer {
  /**
   * Resolves once the server has the subscription, over a crash too: what is published from then on comes.
   * @throws why it ended before
   */
  subscribed(): Promise<void>;
}

/**
 * Events as they come. Read it with one `for await`: the event at hand is acknowledged when the loop comes round for the next one, and refused
 * where it is left. It fails with what the server refuses the client for, as `closed` tells.
 */
export interface TopicEvents<P = unknown> extends TopicSubscription, AsyncIterableIterator<TopicEvent<P>, undefined> {
  return(): Promise<IteratorResult<TopicEvent<P>, undefined>>;
  [Symbol.asyncIterator](): TopicEvents<P>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Clients, whatever they declared: an application (its id or its declaration: anyone of it), a plain query, or one that was built. */
export type AnyTarget = string | Pick<Application<Contract>, "id"> | Query | Pick<BuiltQuery<Contract>, "build">;

export interface PublishOptions {
  /** Text to text, delivered beside the payload. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whom it is for, of each group: it waits where no member matches. @default any member */
  readonly target?: AnyTarget | undefined;
  /**
   * How long all of it may take, in milliseconds.
   * @default `outbox.maxAgeMs` for a connection, and then 10000 for the confirmation
   */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As for `publish`, but for the time: that in which answers count. */
export interface ReplyWaitOptions extends Omit<PublishOptions, "timeoutMs"> {
  /** How long all of it may take, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
}

/** What became of a publication. */
export interface Published {
  /** The server's name for it, unique for ever. */
  readonly id: string;
  /** How many groups it is stored for. */
  readonly groups: number;
}

/** What a member of a group answered. */
export interface TopicReply<P = unknown> {
  readonly group: string;
  readonly payload: P;
}
