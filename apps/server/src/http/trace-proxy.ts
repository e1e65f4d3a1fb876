import type { Sending } from "../ports/dialer.ts";
import type { HeaderList } from "../ports/listener.ts";
import type { Carried, Span, Tracer } from "../ports/tracer.ts";
import type { HttpProxy, ProxyHandlers, ProxyRequest } from "../proxy/http-proxy.ts";

/** The proxy with a span around each request while the tracer is on: from its start to the end of its answer. */
export function traceProxy(proxy: HttpProxy, tracer: Tracer): HttpProxy {
  function send(request: ProxyRequest, handlers: ProxyHandlers): Sending {
    const span = tracer.isOn ? start(tracer, request) : null;
    if (span === null) return proxy.send(request, handlers);
    const carried = { ...request, headers: carryInList(request.headers, span.carried) };
    const sending = proxy.send(carried, watch(handlers, span));
    return {
      pause: () => sending.pause(),
      resume: () => sending.resume(),
      abort() {
        sending.abort();
        span.end("aborted");
      },
    };
  }

  return {
    send,
    targets: proxy.targets,
    get inFlight() {
      return proxy.inFlight;
    },
  };
}

function start(tracer: Tracer, { method, path, query, headers }: ProxyRequest): Span | null {
  const { application } = query;
  return tracer.start({
    name: application === null ? method : `${method} ${application}`,
    kind: "client",
    parent: { traceparent: find(headers, "traceparent"), tracestate: find(headers, "tracestate") },
    attributes: {
      "http.request.method": method,
      "url.path": path.split("?", 1)[0],
      "singyeong.application": application ?? undefined,
    },
  });
}

/** An answer from 400 on is an error of its target's, as the conventions have it. */
function watch(handlers: ProxyHandlers, span: Span): ProxyHandlers {
  let answered = 0;
  return {
    head(status, headers, length) {
      answered = status;
      span.set({ "http.response.status_code": status });
      handlers.head(status, headers, length);
    },
    data: (chunk) => handlers.data(chunk),
    end() {
      span.end(answered >= 400 ? `${answered}` : null);
      handlers.end();
    },
    failed(failure) {
      span.end(failure.code);
      handlers.failed(failure);
    },
  };
}

/** The value of a header that is there once: of several nobody knows which holds. */
function find(headers: HeaderList, name: string): string | undefined {
  const found = headers.filter(([own]) => own === name);
  return found.length === 1 ? found[0]![1] : undefined;
}

function carryInList(headers: HeaderList, { traceparent, tracestate }: Carried): HeaderList {
  const others = headers.filter(([name]) => name !== "traceparent" && name !== "tracestate");
  const own: (readonly [string, string])[] = [];
  if (traceparent !== undefined) own.push(["traceparent", traceparent]);
  if (tracestate !== undefined) own.push(["tracestate", tracestate]);
  return [...others, ...own];
}
