import type { CallMethods } from "./call/call-methods.ts";
import type { Contract, QueuedOf, Undeclared } from "./contract/contract.ts";
import type { BaseMetadata, MetadataInputOf, MetadataOf } from "./contract/metadata.ts";
import type { SingyeongError } from "./errors.ts";
import type { NodeInfo } from "./http/node-info.ts";
import type {
  Message,
  Messages,
  MessagesOptions,
  Receipt,
  RequestOptions,
  SendOptions,
  Subscription,
} from "./messaging/message.ts";
import type { Target } from "./query/query.ts";
import type { Queue } from "./queue/queue.ts";
import type { HttpHandler, HttpService, ServeHttpOptions } from "./serve-http/serve-http.ts";
import type { Status, StatusOf, StatusType } from "./status/status.ts";
import type {
  Published,
  PublishOptions,
  ReplyWaitOptions,
  SubscribeOptions,
  TopicEvent,
  TopicEvents,
  TopicReply,
  TopicSubscription,
} from "./topic/topic.ts";

/**
 * A client of singyeong, connected and kept so. Made by `connect`. Nothing here ever causes an unhandled rejection: a
 * promise that nobody awaits fails in silence.
 */
export interface Client<C extends Contract = Undeclared> extends AsyncDisposable, CallMethods<C>, TopicMethods {
  readonly app: string;
  readonly id: string;
  /** Whether a server is connected right now. */
  readonly connected: boolean;
  /** Address of the server connected to, or tried last. */
  readonly server: string;
  /** Whether the server holds us in restricted mode. */
  readonly restricted: boolean;
  /** Extensions that both sides understand. */
  readonly caps: ReadonlySet<string>;
  /** Round trip of the last heartbeat; `null` before the first. */
  readonly latencyMs: number | null;

  /**
   * Sends to one client that the target matches.
   * @returns how many got it, once the server has said so
   * @throws `route/no-match`, `query/invalid`, `dispatch/…` as the server refuses it; `client/…` where it never got there
   */
  send<T extends Contract = Undeclared>(
    target: Target<T>,
    payload: T["message"],
    options?: SendOptions,
  ): Promise<Receipt>;
  /** Sends to every client that the target matches; else as `send`. */
  broadcast<T extends Contract = Undeclared>(
    target: Target<T>,
    payload: T["message"],
    options?: SendOptions,
  ): Promise<Receipt>;
  /**
   * Sends to one client and waits for its answer: another client's `message.reply`, or whatever message comes with the
   * same nonce.
   * @throws `client/timeout` where nobody answers in time; else as `send`
   */
  request<T extends Contract = Undeclared>(
    target: Target<T>,
    payload: T["message"],
    options?: RequestOptions,
  ): Promise<Message>;

  /**
   * What others send to this client, to iterate over. Messages that come before the first call of `messages` wait for
   * it. Each call makes a subscription of its own.
   */
  messages(options?: MessagesOptions<C["received"]>): Messages<C["received"]>;
  /** The same with a handler, one message after the other: the next waits while a promise it returned is pending. */
  messages(
    handler: (message: Message<C["received"]>) => unknown,
    options?: MessagesOptions<C["received"]>,
  ): Subscription;

  /**
   * A durable queue, by its name: what is put in stays there until somebody who asked for it, and whom it is for, has dealt
   * with it.
   */
  queue<N extends string>(name: N): Queue<N, QueuedOf<C, N>>;

  /**
   * Answers HTTP requests that the server's proxy has for this client, over its connection: no port is needed, and a tab of a browser will do
   * (docs/protocol/serve-http.md). The request's `url` is `http://<host header><path>`, its body streams, and `request.signal` is aborted once nobody waits for
   * the answer. Bodies stream with backpressure, both ways. A handler that throws, which is reported as a status of type `error`, answers 500;
   * a body that fails breaks the answer off. Each connection is told anew. One handler at a time.
   *
   * Never throws: what is wrong with it, or refused by the server, is told by `serving` and by a status of type `error`.
   */
  serveHttp(handler: HttpHandler, options?: ServeHttpOptions): HttpService;

  /** What this client says about itself. */
  readonly metadata: MetadataStore<C>;
  /** The clients that a query matches. @throws `query/invalid`, `query/answer-too-large`, `client/…` */
  queryNodes<T extends Contract = Undeclared>(
    query: Target<T>,
    options?: WaitOptions,
  ): Promise<readonly NodeInfo<MetadataOf<T["metadata"]> & BaseMetadata>[]>;

  /** What happens to the connection from now on; ends after `closed`. */
  status(): Stream<Status>;
  /** Calls back for one type of status; returns what takes the handler off again. */
  on<T extends StatusType>(type: T, handler: (status: StatusOf<T>) => unknown): () => void;

  /**
   * Stops kindly: takes no new sends but replies, waits until handlers and readers of messages are done with what came,
   * receipts have come and the outbox is empty, then closes. `close` cuts it short.
   * @throws `client/timeout`, `client/aborted` where that takes too long: closed all the same
   */
  drain(options?: WaitOptions): Promise<void>;
  /**
   * Closes now. What is under way rejects with `client/closed`; handlers and readers still get what had come. Resolves
   * when the connection is gone.
   */
  close(): Promise<void>;
  /** Resolves when the client is closed for good: with the reason, or `null` where it was asked for. Never rejects. */
  closed(): Promise<SingyeongError | null>;
}

/** What a client does with topics (docs/protocol/topic.md). */
export interface TopicMethods {
  /**
   * Makes this client a member of a group (its application, unless `group` says otherwise), which gets what is published to some topics: patterns, where
   * `*` stands for one segment and `>` at the end for one or more. An event is acknowledged when the handler has returned, or the promise that
   * it returned is fulfilled, and what it returns, unless that is undefined, is the answer where the publisher wants one. Where it throws,
   * which is reported as a status of type `error`, the event comes to a member of the group again, a second later, then two, at most
   * a minute.
   *
   * Each connection is told anew. Subscriptions of one client to one group share its events; where their patterns overlap, they have to
   * agree in `ack` and `ackMs`: one that disagrees about the very same pattern ends with `client/invalid-options`.
   */
  subscribe<P = unknown>(
    topics: string | readonly string[],
    handler: (event: TopicEvent<P>) => unknown,
    options?: SubscribeOptions,
  ): TopicSubscription;
  /**
   * The same with a loop: its body is the work. The event at hand is acknowledged when the loop comes round for the next one, and
   * refused where it is left, by an error or by `break`: acknowledge before you break.
   */
  subscribe<P = unknown>(topics: string | readonly string[], options?: SubscribeOptions): TopicEvents<P>;
  /**
   * Publishes to a topic.
   * @returns for how many groups it is stored, once it is: durably, unless the topic is kept in memory. None is no mistake
   * @throws `queue/…`, `query/invalid`, `dispatch/…` as the server refuses it; `client/connection-lost` where it may have been stored, or not;
   * `client/unsupported` where the server has no topics; `client/…`
   */
  publish(topic: string, payload: unknown, options?: PublishOptions): Promise<Published>;
  /**
   * Publishes to a topic and waits for the first answer.
   * @throws `route/no-match` where no group has subscribed to it; `client/timeout` where nobody answers in time; `topic/too-many`; else as
   * `publish`
   */
  publishAndWait<P = unknown>(topic: string, payload: unknown, options?: ReplyWaitOptions): Promise<TopicReply<P>>;
  /**
   * Publishes to a topic, when it is first read, and gives every answer that comes within `timeoutMs`; none at all where no group has subscribed to
   * it. It fails as `publish` does, and with `client/connection-lost` where further answers are lost.
   */
  replies<P = unknown>(
    topic: string,
    payload: unknown,
    options?: ReplyWaitOptions,
  ): AsyncGenerator<TopicReply<P>, void>;
}

export interface WaitOptions {
  /** In milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What happens, to iterate over: leaving the loop ends it, and so does `close`. */
export interface Stream<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  /** Ends it: what waits is still read. */
  close(): void;
}

/** What this client says about itself, as others may query it. */
export interface MetadataStore<C extends Contract = Undeclared> {
  /** What is in force, as far as the client knows: changes count once the server took them. */
  readonly current: Readonly<Partial<MetadataOf<C["metadata"]>>>;
  /**
   * Sets keys and leaves the others; changes made while no server is connected are sent as one. Resolves when the
   * server has taken it, rejects where that takes longer than `timeoutMs` (60,000 unless given): a change that was not
   * under way by then is not made.
   * @throws `client/invalid-value` for a value that has no type or lost digits; `metadata/…` as the server refuses it
   */
  set(changes: Partial<MetadataInputOf<C["metadata"]>>, options?: WaitOptions): Promise<void>;
  /** Removes keys. */
  remove(...keys: readonly (keyof MetadataOf<C["metadata"]> & string)[]): Promise<void>;
}
