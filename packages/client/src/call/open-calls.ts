import { SingyeongError } from "../errors.ts";
import type { Routes } from "../messaging/dispatcher.ts";
import type { Late } from "../messaging/late.ts";
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

  /** Registers something; what is returned takes it off. */
  function register(add: (calls: Calls) => Stop): Stop {
    const made = late((calls) => ({ stop: add(calls) }));
    let stopped: Promise<void> | null = null;
    return () => {
      stopped ??= late(async () => (await made).stop()) as Promise<void>;
      return stopped;
    };
  }

  const serviceOf = (stop: Stop): Service => ({ stop, [Symbol.asyncDispose]: stop });

  function serve(handlers: Handlers, options?: ServeOptions & HandleOptions): Stop {
    const methods = Object.keys(handlers);
    for (const method of methods) {
      if (handled.has(method)) throw new SingyeongError("client/invalid-value", `${method} has a handler already`);
    }
    for (const method of methods) handled.add(method);
    const stop = register((calls) => calls.serve(handlers, options));
    let isServed = true;
    return () => {
      if (isServed) for (const method of methods) handled.delete(method);
      isServed = false;
      return stop();
    };
  }

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
  const early: Record<PropertyKey, unknown> = {
    [Symbol.toStringTag]: "Call",
    cancel: (reason?: string) => void quiet(made.then(({ call }) => call.cancel(reason))),
    // Asked for at once: what is neither awaited nor iterated may be kept, what is awaited alone is not.
    [Symbol.asyncIterator]() {
      const inner = quiet(made.then(({ call }) => call[Symbol.asyncIterator]()));
      const iterator: AsyncIterableIterator<unknown, undefined> = {
        next: async () => (await inner).next(),
        return: async () => (await inner).return!(),
        [Symbol.asyncIterator]: () => iterator,
      };
      return iterator;
    },
  };
  for (const name of ["then", "catch", "finally"] as const) {
    early[name] = (...args: [never]) =>
      (made.then(({ call }) => call) as Record<typeof name, Call["finally"]>)[name](...args);
  }
  for (const name of ["headers", "trailers"] as const) {
    Object.defineProperty(early, name, { get: () => quiet(made.then(({ call }) => call[name])) });
  }
  return early as unknown as Call<unknown>;
}
