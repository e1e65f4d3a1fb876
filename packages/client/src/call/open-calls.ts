import { SingyeongError } from "../errors.ts";
import type { Routes } from "../messaging/dispatcher.ts";
import type { Late } from "../messaging/late.ts";
import { lateObject } from "../messaging/late-object.ts";
import { quiet } from "../messaging/quiet.ts";
import type { Call, HandleOptions, Handler, Middleware, Relay, ServeOptions, Service } from "./call.ts";
import type { Calls, Handlers } from "./calls.ts";

type CallArgs = Calls["call"] extends (refusal: never, ...args: infer A) => unknown ? A : never;
type Stop = () => Promise<void>;
type Made = { readonly call: Call<unknown> };

/** What a client does with calls; it is loaded with the first of it, or the first frame that is about one. */
export function openCalls(late: Late<Calls>, routes: Routes) {
  /** Methods that have a handler. */
  const handled = new Set<string>();

  // What is loaded puts its own in their place.
  for (const t of ["CALL", "DATA", "CREDIT", "ABORT"]) routes[t] = (...args) => void late(() => routes[t]!(...args));

  /** Registers something, by which these methods have a handler; what is returned takes it off. */
  function register(add: (calls: Calls) => Stop, handlers: Handlers = {}): Stop {
    const methods = Object.keys(handlers);
    for (const method of methods) {
      if (handled.has(method)) throw new SingyeongError("client/invalid-value", `${method} has a handler already`);
      if (!method || typeof handlers[method] !== "function") {
        throw new SingyeongError("client/invalid-value", `"${method}" is no name, or has no function`);
      }
    }
    const made = late(add);
    for (const method of methods) handled.add(method);
    let stopped: Promise<void> | null = null;
    return () => {
      if (stopped === null) for (const method of methods) handled.delete(method);
      stopped ??= late(async () => (await made)()) as Promise<void>;
      return stopped;
    };
  }

  const serve = (handlers: Handlers, options?: ServeOptions & HandleOptions): Stop =>
    register((calls) => calls.serve(handlers, options), handlers);
  const serviceOf = (stop: Stop): Service => ({ stop, [Symbol.asyncDispose]: stop });

  return {
    call(...args: CallArgs): Call<unknown> {
      const made = late((calls, refusal) => ({ call: calls.call(refusal, ...args) }));
      return made instanceof Promise ? createEarlyCall(made) : made.call;
    },
    handle: (method: string, handler: Handler, options?: HandleOptions) => serve({ [method]: handler }, options),
    serve: (handlers: Handlers, options?: ServeOptions) => serviceOf(serve(handlers, options)),
    use: (middleware: Middleware) => register((calls) => calls.use(middleware)),
    relay: (relay: Relay) => serviceOf(register((calls) => calls.relay(relay))),
  };
}

/** A call that was made before calls were loaded. */
function createEarlyCall(made: Promise<Made>): Call<unknown> {
  const ask = <R>(read: (call: Call<unknown>) => R | Promise<R>): Promise<R> =>
    quiet(made.then(({ call }) => read(call)));
  return {
    [Symbol.toStringTag]: "Call",
    // biome-ignore lint/suspicious/noThenProperty: it is a promise, and has to know that it is awaited.
    then: (...args) => ask((call) => call).then(...args),
    catch: (...args) => ask((call) => call).catch(...args),
    finally: (...args) => ask((call) => call).finally(...args),
    get headers() {
      return ask(({ headers }) => headers);
    },
    get trailers() {
      return ask(({ trailers }) => trailers);
    },
    cancel: (reason) => void ask((call) => call.cancel(reason)),
    // Asked for at once: what is neither awaited nor iterated may be kept, what is awaited alone is not.
    [Symbol.asyncIterator]: () =>
      lateObject(
        ask((call) => call[Symbol.asyncIterator]()),
        ["next", "return"],
      ),
  };
}
