import type { Calls } from "../call/calls.ts";
import { extension as streams } from "../call/extension.ts";
import type { IncomingCall } from "../call/incoming-call.ts";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { quiet, refused } from "../messaging/quiet.ts";
import { unaskedFor } from "../messaging/unasked.ts";
import { handlerThrew } from "../status/status-hub.ts";
import { nameValue } from "../value/describe.ts";
import { attend } from "../work/attend.ts";
import { createAnnouncement } from "./announcement.ts";
import { answerRequest } from "./answer.ts";
import { extension } from "./extension.ts";
import { emptyAnswer } from "./response-messages.ts";
import type { HttpHandler, HttpService, ServeHttpOptions } from "./serve-http.ts";

/** What a client does with proxied requests. */
export interface HttpServing {
  /** `refusal` is why nothing new might be sent when this was asked for; `null` where it might. */
  serve(refusal: SingyeongError | null, handler: HttpHandler, options?: ServeHttpOptions): HttpService;
}

/** One service, as the client has to do with it. */
interface Serving extends HttpService {
  readonly open: boolean;
  closed(): Promise<SingyeongError | null>;
  connected(): void;
  end(error: SingyeongError | null): void;
}

/** The method of the calls by which the server passes requests on. */
const method = "http";
const maxChunkBytes = 64 * 1024;
/** What of a frame is not payload, at most. */
const frameBytes = 256;

/** `core.refusal` is why nothing new may be sent now. */
export function createHttpServing(core: Core, calls: Pick<Calls, "answerServer">): HttpServing {
  const { hub, session, routes } = core;
  const services = new Set<Serving>();
  const unasked = unaskedFor(core, extension) ?? unaskedFor(core, streams);

  Object.assign(routes, { SERVING_HTTP: routes.QUERY_NODES! } satisfies Core["routes"]);
  hub.on("connected", () => {
    for (const { connected } of services) connected();
  });
  attend(core, services);

  /** As much of a body as fits into a frame, in base64. */
  function maxBytes(): number {
    const most = session.admission?.maxFrameBytes ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(maxChunkBytes, Math.floor(((most - frameBytes) / 4) * 3)));
  }

  function createService(handler: HttpHandler, concurrency: number): Serving {
    const serving = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<SingyeongError | null>();
    quiet(serving.promise);
    let isOpen = true;
    let stopped: Promise<void> | null = null;

    const failed = (thrown: unknown, name: string): void => hub.report(handlerThrew(thrown, name));
    const seat = calls.answerServer(method, (call: IncomingCall) =>
      seat.size > concurrency
        ? emptyAnswer(503, ["retry-after", "1"])
        : answerRequest(call, { handler, maxBytes: maxBytes(), failed }),
    );
    const announcement = createAnnouncement({
      core,
      isOpen: () => isOpen,
      announced: serving.resolve,
      refused(error) {
        hub.report(error);
        end(error);
      },
    });

    function finish(error: SingyeongError | null): void {
      services.delete(service);
      serving.reject(error ?? new SingyeongError("client/aborted", "it was stopped"));
      closed.resolve(error);
    }

    function end(error: SingyeongError | null): void {
      isOpen = false;
      void seat.stop();
      finish(error);
    }

    async function leave(): Promise<void> {
      isOpen = false;
      await announcement.leave();
      await seat.stop();
      finish(null);
    }

    function stop(): Promise<void> {
      if (!services.has(service)) return closed.promise.then(() => {});
      stopped ??= leave();
      return stopped;
    }

    const service: Serving = {
      get open() {
        return isOpen;
      },
      serving: () => serving.promise,
      stop,
      [Symbol.asyncDispose]: stop,
      closed: () => closed.promise,
      connected: announcement.ensure,
      end,
    };
    return service;
  }

  function findMistake(handler: unknown, concurrency: unknown): SingyeongError | null {
    if (typeof handler !== "function")
      return invalid("value", `the handler of requests is a function, not ${nameValue(handler)}`);
    if (!(typeof concurrency === "number" && concurrency >= 1)) {
      return invalid("options", `concurrency is 1 or more, not ${nameValue(concurrency)}`);
    }
    return [...services].some(({ open }) => open) ? invalid("value", "requests have a handler already") : null;
  }

  /** One that never begins. */
  function failService(problem: SingyeongError): HttpService {
    hub.report(problem);
    const stop = async (): Promise<void> => {};
    return { serving: () => refused(problem), stop, [Symbol.asyncDispose]: stop };
  }

  return {
    serve(refusal, handler, { concurrency = 256 } = {}) {
      const problem = findMistake(handler, concurrency) ?? refusal ?? unasked ?? core.refusal();
      if (problem !== null) return failService(problem);
      const service = createService(handler, concurrency);
      services.add(service);
      service.connected();
      return service;
    },
  };
}

function invalid(what: "value" | "options", message: string): SingyeongError {
  return new SingyeongError(`client/invalid-${what}`, message);
}
