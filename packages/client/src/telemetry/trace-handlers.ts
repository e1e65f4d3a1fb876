import { SpanKind, type Tracer } from "@opentelemetry/api";
import type { Client } from "../client.ts";
import { extractContext, type Headers } from "./trace-headers.ts";
import { messaging, runTraced } from "./traced.ts";

/** What handlers get. */
interface Received {
  readonly headers: Headers;
  readonly topic?: string;
}

type Handler = (received: Received, ...rest: readonly unknown[]) => unknown;
type Open = (...args: readonly unknown[]) => never;

/** Runs a client's handlers, those of calls excepted, each within the context of what it gets and within a span. */
export function traceHandlers(tracer: Tracer, client: Client): void {
  const { messages, subscribe, queue } = client;

  function wrap(handler: Handler, destination: string): Handler {
    return (received, ...rest) => {
      const work = {
        ...messaging("process", "process", received.topic ?? destination),
        parent: extractContext(received.headers),
      };
      return runTraced(tracer, work, () => handler(received, ...rest));
    };
  }

  /** The arguments of what opens a loop or a handler, the latter wrapped. */
  function wrapIn(args: readonly unknown[], destination: string): readonly unknown[] {
    return args.map((arg) => (typeof arg === "function" ? wrap(arg as Handler, destination) : arg));
  }

  Object.assign(client, {
    messages: (...args: readonly unknown[]) => (messages as Open)(...wrapIn(args, client.app)),
    subscribe: (...args: readonly unknown[]) => (subscribe as Open)(...wrapIn(args, "")),
    queue(name: string) {
      const opened = queue(name);
      return { ...opened, consume: (...args: readonly unknown[]) => (opened.consume as Open)(...wrapIn(args, name)) };
    },
  });
  traceHttp(tracer, client);
}

type HttpHandler = (request: Request, ...rest: readonly unknown[]) => unknown;

function traceHttp(tracer: Tracer, client: Client): void {
  const { serveHttp } = client as { serveHttp?: (handler: HttpHandler, ...rest: readonly unknown[]) => unknown };
  if (serveHttp === undefined) return;
  const traced = (handler: HttpHandler, ...options: readonly unknown[]): unknown =>
    serveHttp(
      (request, ...rest) => {
        const { method, url, headers } = request;
        const work = {
          name: method,
          kind: SpanKind.SERVER,
          attributes: { "http.request.method": method, "url.path": new URL(url).pathname },
          parent: extractContext(Object.fromEntries(headers)),
        };
        return runTraced(tracer, work, () => handler(request, ...rest));
      },
      ...options,
    );
  Object.assign(client, { serveHttp: traced });
}
