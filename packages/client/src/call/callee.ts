import { SingyeongError } from "../errors.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Link } from "../session/link.ts";
import { handlerThrew } from "../status/status-hub.ts";
import type { CallHeaders, HandleOptions, Handler, IncomingMiddleware, Relay } from "./call.ts";
import { readCall } from "./call-delivery.ts";
import { callbacksHeader, seatCallbacks } from "./callbacks.ts";
import type { Caller } from "./caller.ts";
import { createCheck, declarationOfMethod, type MethodChecks } from "./checks.ts";
import { type CalleeParts, IncomingCall } from "./incoming-call.ts";
import { createMethod, type Method, wrapHandler } from "./methods.ts";
import { type FindForm, type PayloadForm, plainForm } from "./payload-codecs.ts";
import { passCall, relayCall } from "./relay-calls.ts";
import type { Streams, StreamsCore } from "./streams.ts";

/** Takes calls and has them carried out. */
export interface Callee {
  called(d: Readonly<Record<string, unknown>>, link: Link): void;
  /** Returns what takes the handler off again, and resolves once no call of it is at work. */
  handle(
    method: string,
    handler: Handler,
    options: HandleOptions,
    middleware: readonly IncomingMiddleware[],
  ): () => Promise<void>;
  relay(relay: Relay): () => Promise<void>;
  answerServer(method: string, run: (call: IncomingCall) => unknown): ServerSeat;
  readonly busy: boolean;
  whenIdle(run: () => void): void;
}

/** What answers the calls of one method that the server itself makes. Whatever is for calls of clients passes those by. */
export interface ServerSeat {
  /** How many calls are at work. */
  readonly size: number;
  /** Takes no more; resolves once none is at work. */
  stop(): Promise<void>;
}

export interface CalleeOptions {
  readonly maxCalls: number;
  readonly findForm: FindForm;
  /** What `client.use` put round all handlers. */
  readonly middleware: readonly IncomingMiddleware[];
}

/** How long calls wait for the first handler that there ever is, in milliseconds. */
const earlyMs = 1000;

export function createCallee(core: StreamsCore, streams: Streams, caller: Caller, options: CalleeOptions): Callee {
  const { platform, hub, declared } = core;
  const { maxCalls, findForm, middleware } = options;
  const methods = new Map<string, Method>();
  const relays = new Map<Relay, Method>();
  const ofServer = new Map<string, Method>();
  /** Calls from before the first handler; `null` once there was one, or nobody waits for it any more. */
  let early: IncomingCall[] | null = [];
  let cancelRelease: CancelTimer = () => {};
  let atWork = 0;
  let idlers: (() => void)[] = [];

  const parts: CalleeParts = {
    platform,
    streams,
    failed: (thrown, method) => hub.report(handlerThrew(thrown, `the handler of ${method}`)),
    done({ served }) {
      served?.done();
      if (--atWork > 0) return;
      const due = idlers;
      idlers = [];
      for (const run of due) run();
    },
  };

  hub.on("closed", () => cancelRelease());

  function called(d: Readonly<Record<string, unknown>>, link: Link): void {
    const delivery = readCall(d);
    if (delivery === null) return;
    const { id, via, credit, end, payload } = delivery;
    if (streams.find(id, link) !== undefined) return;
    const over = via === null ? undefined : streams.find(via, link);
    const callback = over?.callbacks?.get(delivery.method);
    // Callbacks are part of work that has begun.
    const refusal = callback === undefined && over?.passes == null ? core.refusal() : null;
    if (refusal !== null || atWork >= maxCalls) {
      const message = refusal?.message ?? `${atWork} calls are at work already`;
      return streams.refuse(id, link, { code: "stream/rejected", message });
    }
    atWork++;
    const call = new IncomingCall(parts, delivery);
    call.stream = streams.accept(id, link, credit, end, call);
    // What came with the call took no credit.
    if (!end && payload !== undefined) call.stream.flow.owed = -1;
    if (callback !== undefined) carryOut(call, null, wrapHandler(callback, []));
    else if (over?.passes) passCall(call, caller, { target: null, over: over.passes, headers: call.delivery.headers });
    else if (early === null) route(call);
    else if (early.push(call) === 1) cancelRelease = platform.after(earlyMs, release);
  }

  /** Hands out what came early. */
  function release(): void {
    cancelRelease();
    const held = early ?? [];
    early = null;
    for (const call of held) {
      if (call.isLost) call.leave();
      else route(call);
    }
  }

  function route(call: IncomingCall): void {
    const { method, headers, delivery } = call;
    const taker = delivery.ofServer ? ofServer.get(method) : (methods.get(method) ?? findRelay(method, headers));
    if (taker !== undefined) return taker.take(call);
    call.reject({ code: "stream/rejected", message: `nobody handles ${method}`, data: { method } });
  }

  function findRelay(method: string, headers: CallHeaders): Method | undefined {
    for (const [relay, taker] of relays) {
      try {
        if (relay.accepts(method, headers)) return taker;
      } catch (thrown) {
        hub.report(handlerThrew(thrown, "accepts of a relay"));
      }
    }
    return undefined;
  }

  /** Reads what a call brought, and has it carried out. */
  function carryOut(call: IncomingCall, of: MethodChecks | null, run: (call: IncomingCall) => unknown): void {
    const { codec } = call.delivery;
    const form = codec === null ? plainForm : findForm(codec, "answer");
    if (form === null) {
      return call.reject({ code: "stream/rejected", message: `no codec ${codec} is registered`, data: { codec } });
    }
    if (form instanceof Promise)
      form.then(
        (loaded) => begin(call, loaded, of, run),
        (thrown) => call.refuse(thrown),
      );
    else begin(call, form, of, run);
  }

  function begin(
    call: IncomingCall,
    form: PayloadForm,
    of: MethodChecks | null,
    run: (call: IncomingCall) => unknown,
  ): void {
    if (call.isLost) return call.leave();
    try {
      call.form = form;
      if (of !== null) {
        call.checkInput = of.input;
        call.checkOutput = of.output;
      }
      call.input = readInput(call, of?.streams ?? null);
    } catch (thrown) {
      return call.refuse(thrown);
    }
    let result: unknown;
    try {
      result = run(call);
    } catch (thrown) {
      return call.fail(thrown);
    }
    if (!isPromise(result)) return call.answer(result);
    result.then(
      (value) => call.answer(value),
      (thrown) => call.fail(thrown),
    );
  }

  function readInput(call: IncomingCall, isStream: boolean | null): unknown {
    const { end, payload, headers } = call.delivery;
    if (!end) {
      if (isStream === false) throw new SingyeongError("stream/rejected", `${call.method} takes one message`);
      return call.messages();
    }
    const value = call.form.read(payload);
    const names = (headers as CallHeaders | null | undefined)?.[callbacksHeader];
    const seated =
      names === undefined
        ? value
        : seatCallbacks(value, names, (name) => (input, options) => caller.callBack(call.stream, name, input, options));
    const { checkInput } = call;
    call.input = checkInput === null ? seated : checkInput(seated);
    return isStream ? call.messages() : call.input;
  }

  function register(): void {
    if (early !== null) platform.soon(release);
  }

  return {
    called,
    handle(method, handler, { concurrency = Number.POSITIVE_INFINITY }, inner) {
      const of = declarationOfMethod(declared, method);
      const checks = of && {
        streams: of.streams,
        input: createCheck(of.input, method, "input"),
        output: createCheck(of.output, method, "output"),
      };
      let round: readonly IncomingMiddleware[] = [];
      let run = wrapHandler(handler, inner);
      let count = -1;
      const served = createMethod(concurrency, (call) => {
        // Middleware may come and go.
        if (count !== middleware.length || round.some((each, i) => each !== middleware[i])) {
          round = [...middleware];
          count = round.length;
          run = wrapHandler(handler, [...round, ...inner]);
        }
        carryOut(call, checks, run);
      });
      methods.set(method, served);
      register();
      return () => {
        if (methods.get(method) === served) methods.delete(method);
        return served.idle();
      };
    },
    relay(relay) {
      const taker = createMethod(Number.POSITIVE_INFINITY, (call) => void relayCall(call, caller, relay));
      relays.set(relay, taker);
      register();
      return () => {
        relays.delete(relay);
        return taker.idle();
      };
    },
    answerServer(method, run) {
      const served = createMethod(Number.POSITIVE_INFINITY, (call) => carryOut(call, null, run));
      ofServer.set(method, served);
      register();
      return {
        get size() {
          return served.size;
        },
        stop() {
          if (ofServer.get(method) === served) ofServer.delete(method);
          return served.idle();
        },
      };
    },
    get busy() {
      return atWork > 0;
    },
    whenIdle(run) {
      if (atWork === 0) run();
      else idlers.push(run);
    },
  };
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  if (typeof result !== "object" || result === null || Symbol.asyncIterator in result) return false;
  return typeof (result as { then?: unknown }).then === "function";
}
