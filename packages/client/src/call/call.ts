import type { Contract } from "../contract/contract.ts";
import type { MethodPart } from "../contract/methods.ts";
import type { Target } from "../query/query.ts";

/** Text to text. */
export type CallHeaders = Readonly<Record<string, string>>;

/**
 * A call under way (docs/protocol/stream.md): a promise of its result, and all of its messages to iterate over. The result is the last
 * message, `undefined` where there was none. Leaving a loop over the messages cancels the call. One that is neither awaited nor iterated
 * goes on, and keeps at most `credit` messages.
 */
export interface Call<R = unknown> extends Promise<R> {
  /** What the callee set before its first message; empty where it set nothing. Fails as the call does. */
  readonly headers: Promise<CallHeaders>;
  /** What the callee set for the end; as `headers`. */
  readonly trailers: Promise<CallHeaders>;
  /** Gives the call up: it rejects with `client/aborted`, and the callee's signal is aborted. Harmless once it is over. */
  cancel(reason?: string): void;
  [Symbol.asyncIterator](): AsyncIterableIterator<R, undefined>;
}

export interface CallOptions {
  /** Cancels the call, as `cancel` does. */
  readonly signal?: AbortSignal | undefined;
  /**
   * When it has to be over, in milliseconds from now, rounded up: it then rejects with `stream/deadline`. At once where that is 0 or less;
   * `null` is none, so that `context.deadlineMs` of a handler can be passed on.
   * @default none
   */
  readonly deadlineMs?: number | null | undefined;
  /** How long the server waits for somebody whom the target matches, in milliseconds, rounded up. @default 0 */
  readonly waitMs?: number | null | undefined;
  readonly headers?: CallHeaders | undefined;
  /** How payloads travel, both ways: `"msgpack"`, `"bytes"`, or one of the option `codecs`. @default the connection's encoding */
  readonly codec?: string | undefined;
  readonly retry?: RetryOptions | undefined;
  /** How many messages may wait here to be read; the callee sends no more than that. 0 to 1,000,000. @default 256 */
  readonly credit?: number | undefined;
}

/** A call is repeated where it certainly was not carried out (`delivered: false`), up to its first message. */
export interface RetryOptions {
  /** How often it is tried in all; between two of them is a random share of a delay that doubles from 100 ms to 5 s. */
  readonly attempts: number;
  /** True where it may as well be carried out twice: what is lost with a peer or a connection is then repeated too. @default false */
  readonly idempotent?: boolean | undefined;
}

/** What is known of a call to whoever carries it out. */
export interface CallContext<I = unknown> {
  readonly method: string;
  /** Who calls, as the server knows it. */
  readonly from: { readonly app: string; readonly id: string };
  readonly headers: CallHeaders;
  /** Aborted when nobody waits for the result any more: `reason` is a `SingyeongError`, of `stream/cancelled`, `stream/deadline`, … */
  readonly signal: AbortSignal;
  /** What is left of the caller's deadline, in whole milliseconds; `null` where there is none. */
  readonly deadlineMs: number | null;
  /** The codec of payloads; `null` for the connection's encoding. */
  readonly codec: string | null;
  /** The input as messages, be it one, many or none. One reader. */
  messages(): AsyncIterableIterator<I, undefined>;
  /** Sent before the first message, or with the end where there is none. What was set before is replaced. */
  setHeaders(headers: CallHeaders): void;
  /** Sent with the end. */
  setTrailers(headers: CallHeaders): void;
}

/**
 * Carries calls out. What it returns is the result; of an async iterable, or a generator, every value is a message, that of its `return` included. What
 * it throws fails the call: with the error's `code` where it has one and else with `stream/failed`, and with its `data`. An error with
 * `delivered: false` says that nothing was done. `input` is what the caller gave; an async iterable where that was one.
 */
// biome-ignore lint/suspicious/noExplicitAny: what it is given and returns is the application's matter.
export type Handler<I = any, R = any> = (
  input: I,
  context: CallContext,
) => R | PromiseLike<R> | Messages<R> | PromiseLike<Messages<R>>;

/** Messages of a handler, as iterables. */
type Messages<R> = AsyncIterable<R> | Generator<R>;

/** The handler of a method that the client's own application declared; any for others. */
export type HandlerOf<C extends Contract, N extends string> = Handler<
  MethodPart<C, N, "received">,
  MethodPart<C, N, "returned">
>;

/** What a method is called with. Nothing has to be given where that was not declared. */
export type CallArguments<C extends Contract, N extends string> =
  undefined extends MethodPart<C, N, "given">
    ? [input?: MethodPart<C, N, "given">, options?: CallOptions]
    : [input: MethodPart<C, N, "given">, options?: CallOptions];

export interface HandleOptions {
  /** How many calls of this method are at work at a time; others wait. @default no bound but `calls.maxCalls` */
  readonly concurrency?: number | undefined;
}

export interface ServeOptions {
  /** Goes round the handlers of this service, within what `client.use` put round all. */
  readonly use?: readonly IncomingMiddleware[] | undefined;
}

/** Handlers that are at work. */
export interface Service extends AsyncDisposable {
  /** Takes no more calls; resolves once those at work are finished. */
  stop(): Promise<void>;
}

/** Goes round handlers: what `next` returns is what the handler returns, what it throws what the handler throws. */
export type IncomingMiddleware = (call: IncomingCall, next: () => unknown) => unknown;

/** A call that came. */
export interface IncomingCall extends CallContext {
  /** What the handler gets; may be replaced. */
  input: unknown;
}

/**
 * Goes round calls. `next` sends the call and resolves with its result; what the middleware returns is what the call resolves with. The
 * messages of the call go to its reader as they come.
 */
export type OutgoingMiddleware = (call: OutgoingCall, next: () => Promise<unknown>) => unknown;

/** A call that is about to be sent. */
export interface OutgoingCall {
  /** `null` where a callback is called. */
  target: Target<never> | null;
  readonly method: string;
  input: unknown;
  /** May be filled in. */
  readonly headers: Record<string, string>;
  readonly options: CallOptions;
}

/** Middleware for one way or both. The first that was given is the outermost. */
export interface Middleware {
  readonly incoming?: IncomingMiddleware | undefined;
  readonly outgoing?: OutgoingMiddleware | undefined;
}

/** Passes calls on to others without reading what they carry, streams and callbacks included. */
export interface Relay {
  /** Whether it takes a call; asked for methods that have no handler. */
  accepts(method: string, headers: CallHeaders): boolean;
  /** Where a call goes, and with which headers; its own unless others are given. What it throws fails the call, not delivered. */
  to(call: RelayedCall): RelayTarget | Promise<RelayTarget>;
}

export type RelayTarget =
  | Target<never>
  | { readonly target: Target<never>; readonly headers?: CallHeaders | undefined };

/** What a relay sees of a call. */
export interface RelayedCall {
  readonly method: string;
  readonly from: CallContext["from"];
  readonly headers: CallHeaders;
}

/** A function of the caller's, as its callee calls it, as long as the call goes on. */
// biome-ignore lint/suspicious/noExplicitAny: what it is given and returns is the application's matter.
export type Callback<I = any, R = any> = (input?: I, options?: CallOptions) => Call<R>;
