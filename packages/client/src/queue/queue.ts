import type { Contract, PushedOf, Undeclared } from "../contract/contract.ts";
import type { Target } from "../query/query.ts";
import type { Consumer } from "../work/consumer.ts";

/** A durable queue (docs/protocol/queue.md), by its name: `N`. What is read from it is a `P`. */
export interface Queue<N extends string = string, P = unknown> {
  readonly name: N;
  /**
   * Puts a message into the queue, for one client that the target matches and that asks for it, now or later.
   * @returns the server's name for it, once it is stored durably
   * @throws `queue/…`, `query/invalid`, `dispatch/…` as the server refuses it; `client/connection-lost` where it may have
   * been stored, or not (with an `id` only when it is too late to push it again by itself, see there); `client/unsupported` where the server has
   * no queues; `client/…`
   */
  push<T extends Contract = Undeclared>(
    target: Target<T>,
    payload: PushedOf<T, N>,
    options?: PushOptions,
  ): Promise<Pushed>;
  /**
   * Works on what the queue has for this client: a job is acknowledged when the handler has returned, or the promise that
   * it returned is fulfilled, and refused (`nack`) where it throws, which is reported as a status of type `error`.
   */
  consume(handler: (job: Job<P>) => unknown, options?: ConsumeOptions): Consumer;
  /**
   * The same with a loop: its body is the work. The job at hand is acknowledged when the loop comes round for the next one, and
   * refused where it is left, by an error or by `break`: acknowledge before you break.
   */
  consume(options?: ConsumeOptions): Jobs<P>;
}

/** What became of a push. */
export interface Pushed {
  /** The server's name for the message; pushes of one `id` have one. */
  readonly id: string;
}

export interface PushOptions {
  /**
   * What the message is known by: pushes of one id to one queue are one message for as long as the server remembers it,
   * usually 2 minutes, so that a push may be repeated without harm. The client does so itself where the connection is lost,
   * for nine tenths of that time since it was first asked to push.
   */
  readonly id?: string | undefined;
  /** How long the message is kept back, in milliseconds. @default 0 */
  readonly delayMs?: number | undefined;
  /** How long it is good for, in milliseconds: past it, it is dead. @default for ever */
  readonly ttlMs?: number | undefined;
  /** 0 to 9; 9 goes first. @default 4 */
  readonly priority?: number | undefined;
  /** How often it is given out before it is dead. @default the server's, 20 */
  readonly maxAttempts?: number | undefined;
  /** Text to text, delivered beside the payload. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * How long all of it may take, in milliseconds.
   * @default `outbox.maxAgeMs` for a connection, and then 10000 for the confirmation
   */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ConsumeOptions {
  /** How many jobs are asked for or in hand at a time. @default 1 */
  readonly concurrency?: number | undefined;
  /** Stops it, as `stop` does. */
  readonly signal?: AbortSignal | undefined;
}

/** A message of a queue, leased to this client: nobody else gets it until it is settled, or the lease is over. */
export interface Job<P = unknown> {
  /** The server's name for it. */
  readonly id: string;
  readonly queue: string;
  readonly payload: P;
  /** How often it has been given out, 1 the first time. */
  readonly attempt: number;
  /** Text to text; empty where the sender gave none. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the job is no longer ours: the lease is over, or the connection lost. Somebody else may get it. */
  readonly signal: AbortSignal;
  /**
   * It is done with. Resolves once that is stored durably: then it never comes back. The first `ack` or `nack` counts.
   * @throws `queue/not-leased` where somebody else has got it; `client/connection-lost` where the connection that it came on is
   * gone
   */
  ack(): Promise<void>;
  /** It is not dealt with: it comes back, here or elsewhere. Else as `ack`. */
  nack(options?: NackOptions): Promise<void>;
  /**
   * The lease ends `ms` milliseconds from now. Leases are extended by themselves as long as a job is in hand: this is for
   * those who would have it longer.
   * @throws `queue/not-leased`, `client/connection-lost`
   */
  extend(ms: number): Promise<void>;
}

export interface NackOptions {
  /** When it is ready again, in milliseconds. @default the server's, 15000 */
  readonly delayMs?: number | undefined;
  /** True for never again: it is kept with the dead. @default false */
  readonly dead?: boolean | undefined;
}

/**
 * Jobs as they come. Read it with one `for await`: leaving the loop ends it, and gives back what it had not come to. It fails
 * with what the server refuses the client for, as `closed` tells.
 */
export interface Jobs<P = unknown> extends Consumer, AsyncIterableIterator<Job<P>, undefined> {
  [Symbol.asyncIterator](): Jobs<P>;
  [Symbol.asyncDispose](): Promise<void>;
}
