import type { PayloadCodec } from "../codec/payload-codec.ts";
import type { SingyeongError } from "../errors.ts";
import { unaskedFor } from "../messaging/unasked.ts";
import type { Target } from "../query/query.ts";
import type {
  Call,
  CallOptions,
  HandleOptions,
  Handler,
  IncomingMiddleware,
  Middleware,
  OutgoingMiddleware,
  Relay,
  ServeOptions,
} from "./call.ts";
import { type Callee, createCallee } from "./callee.ts";
import { createCaller } from "./caller.ts";
import { extension } from "./extension.ts";
import { createPayloadCodecs } from "./payload-codecs.ts";
import { checkCodecs, checkMiddleware, checkRelay, checkServing } from "./registration-checks.ts";
import { createStreams, type StreamsCore } from "./streams.ts";

/** Handlers by method. */
export type Handlers = { readonly [method: string]: Handler };

/** What a client does with calls. */
export interface Calls {
  /** `refusal` is why nothing new might be sent when this was asked for; `null` where it might. */
  call(
    refusal: SingyeongError | null,
    target: Target<never>,
    method: string,
    input: unknown,
    options?: CallOptions,
  ): Call<unknown>;
  /** Here and below: what is returned takes it off, and resolves once nothing of it is at work. */
  serve(handlers: Handlers, options?: ServeOptions & HandleOptions): () => Promise<void>;
  use(middleware: Middleware): () => Promise<void>;
  relay(relay: Relay): () => Promise<void>;
  /** Answers calls of the server itself. */
  readonly answerServer: Callee["answerServer"];
}

export interface CallsOptions {
  readonly maxCalls: number;
  readonly codecs: readonly PayloadCodec[];
}

export function createCalls(core: StreamsCore, { maxCalls, codecs }: CallsOptions): Calls {
  const incoming: IncomingMiddleware[] = [];
  const outgoing: OutgoingMiddleware[] = [];
  check(() => checkCodecs(codecs));
  const findForm = createPayloadCodecs(codecs);
  let idlers: (() => void)[] = [];
  const streams = createStreams(
    core,
    (d, link) => callee.called(d, link),
    () => {
      if (idlers.length > 0 && streams.size === 0) rest();
    },
  );
  const caller = createCaller(core, streams, findForm, outgoing);
  const callee: Callee = createCallee(core, streams, caller, { maxCalls, findForm, middleware: incoming });

  /** What is found wrong while this is being loaded is thrown where nobody may look: it is reported, too. */
  function check(run: () => void): void {
    try {
      run();
    } catch (error) {
      core.hub.report(error as SingyeongError);
      throw error;
    }
  }

  function rest(): void {
    const due = idlers;
    idlers = [];
    for (const run of due) run();
  }

  core.inbox.attend(callee);
  core.inbox.attend({
    get busy() {
      return streams.size > 0;
    },
    whenIdle(run) {
      if (streams.size === 0) run();
      else idlers.push(run);
    },
  });

  const unasked = unaskedFor(core, extension);
  return {
    call: unasked === null ? caller.call : (refusal, ...args) => caller.call(refusal ?? unasked, ...args),
    serve(handlers, given = {}) {
      check(() => checkServing(given));
      const { use = [], ...options } = given;
      const stops = Object.entries(handlers).map(([method, handler]) => callee.handle(method, handler, options, use));
      return async () => void (await Promise.all(stops.map((stop) => stop())));
    },
    use(middleware) {
      check(() => checkMiddleware(middleware));
      if (middleware.incoming !== undefined) incoming.push(middleware.incoming);
      if (middleware.outgoing !== undefined) outgoing.push(middleware.outgoing);
      return async () => {
        remove(incoming, middleware.incoming);
        remove(outgoing, middleware.outgoing);
      };
    },
    answerServer: callee.answerServer,
    relay(relay) {
      check(() => checkRelay(relay));
      return callee.relay(relay);
    },
  };
}

function remove<T>(list: T[], item: T | undefined): void {
  const at = item === undefined ? -1 : list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}
