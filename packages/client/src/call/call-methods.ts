import type { Contract, Undeclared } from "../contract/contract.ts";
import type { MethodNameOf, MethodPart } from "../contract/methods.ts";
import type { Target } from "../query/query.ts";
import type {
  Call,
  CallArguments,
  HandleOptions,
  HandlerOf,
  Middleware,
  Relay,
  ServeOptions,
  Service,
} from "./call.ts";

/** What a client does with calls (docs/protocol/stream.md). */
export interface CallMethods<C extends Contract = Undeclared> {
  /**
   * Calls a method of one client that the target matches. An async iterable (a generator, a `ReadableStream`) as input is sent message by
   * message, as the callee takes them. Functions in the input, which are it, or values of the map or list that it is, can be called by
   * the callee as long as the call goes on. A call that is made while no server is connected waits in the outbox.
   *
   * Fails with what the callee threw, by its `code`; `stream/failed` where that had none; `stream/rejected` where nobody handles the
   * method, or the callee has enough to do; `route/no-match`, `stream/…`, `query/invalid`, `dispatch/…` as the server refuses it;
   * `client/connection-lost`; `client/aborted`; `client/…`. `delivered` of the error says whether it may have been carried out.
   */
  call<T extends Contract = Undeclared, N extends MethodNameOf<T> = MethodNameOf<T>>(
    target: Target<T>,
    method: N,
    ...args: CallArguments<T, N>
  ): Call<MethodPart<T, N, "result">>;
  /**
   * Carries out the calls of a method; one handler each. Calls that come before the first handler wait a second for it. At most
   * `calls.maxCalls` are at work at a time, others are aborted with `stream/rejected`, not delivered.
   * @returns what takes the handler off again: resolves once the calls at work are finished
   * @throws `client/invalid-value` where the method has a handler already, or there is no name or function; `client/invalid-options`,
   * here and below, which is also told as a status of type `error`: until calls have been loaded nothing else tells
   */
  handle<N extends MethodNameOf<C>>(method: N, handler: HandlerOf<C, N>, options?: HandleOptions): () => Promise<void>;
  /** Carries out the calls of several methods. @throws as `handle` */
  serve(handlers: { readonly [N in MethodNameOf<C>]?: HandlerOf<C, N> }, options?: ServeOptions): Service;
  /** Puts middleware round all handlers, or all calls, from now on. Returns what takes it off again. */
  use(middleware: Middleware): () => void;
  /** Passes calls on that no handler is for. */
  relay(relay: Relay): Service;
}
