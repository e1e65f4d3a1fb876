/** Asks the routes of the proxy without a socket, over a proxy that answers what a test tells it to. */
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createErrorTallies } from "../gateway/error-tallies.ts";
import type { Exchange, HeaderList, ResponseBody } from "../ports/listener.ts";
import type { HttpProxy, ProxyHandlers, ProxyRequest } from "../proxy/http-proxy.ts";
import { createRegistry } from "../registry/registry.ts";
import { createRouter } from "../router/router.ts";
import { createSeededRandom, createTestMetrics } from "../testing/fixtures.ts";
import { createHttp } from "./http.ts";
import { proxyDirectRoute } from "./proxy-direct.ts";
import { proxyPostRoute } from "./proxy-post.ts";
import { proxyTargetsRoute } from "./proxy-targets.ts";

/** An answer as it went out. */
export interface ProxiedAnswer {
  status: number;
  headers: HeaderList;
  /** As `open` was told; `undefined` where the server itself answered. */
  length: number | null | undefined;
  text: string;
  isCut: boolean;
}

export interface ProxyHttpOptions {
  readonly behave?: (request: ProxyRequest, handlers: ProxyHandlers) => void;
  readonly origins?: readonly string[];
  /** Bytes of the answer after which its reader is behind. */
  readonly roomBytes?: number;
}

/** What the proxy was asked for, and what it was told about its pace. */
export interface ProxyHttp {
  ask(method: string, target: string, headers?: HeaderList, body?: unknown): Promise<ProxiedAnswer>;
  readonly requests: ProxyRequest[];
  /** `pause`, `resume` and `abort`, in order. */
  readonly paces: string[];
  /** Of the last request. */
  leave(): void;
  drain(): void;
}

const ok: NonNullable<ProxyHttpOptions["behave"]> = (_, handlers) => {
  handlers.head(200, [["content-type", "text/plain"]], 2);
  handlers.data(Buffer.from("hi"));
  handlers.end();
};

export function startProxyHttp({ behave = ok, origins = [], roomBytes = 1e9 }: ProxyHttpOptions = {}): ProxyHttp {
  const requests: ProxyRequest[] = [];
  const paces: string[] = [];
  const metrics = createTestMetrics();
  const registry = createRegistry(createSeededRandom(1), "merge", { maxMetadataKeys: 1, maxMetadataBytes: 1000 });
  const router = createRouter(registry, metrics);
  const proxy: HttpProxy = {
    send(request, handlers) {
      requests.push(request);
      queueMicrotask(() => behave(request, handlers));
      return {
        pause: () => void paces.push("pause"),
        resume: () => void paces.push("resume"),
        abort: () => void paces.push("abort"),
      };
    },
    inFlight: 3,
    targets: () => [],
  };
  const options = { proxy, router, limits: { maxFrameBytes: 65_536, maxDepth: 16 }, origins };
  const http = createHttp({
    routes: [proxyPostRoute(options), proxyTargetsRoute(proxy), proxyDirectRoute(options)],
    authenticator: {
      judge: () => ({
        ok: true,
        isWrong: false,
        grant: { restricted: false, permissions: null, expiresAtMs: null, subject: null },
      }),
    },
    origins,
    metrics,
    errorTallies: createErrorTallies(metrics),
    logger: { debug() {}, info() {}, warn() {}, error: (fields) => console.error(fields) },
    clock: createSteppedClock(),
  } as Parameters<typeof createHttp>[0]);
  let leave = (): void => {};
  let opened: ResponseBody | null = null;

  function ask(method: string, target: string, headers: HeaderList = [], body?: unknown): Promise<ProxiedAnswer> {
    const { promise, resolve } = Promise.withResolvers<ProxiedAnswer>();
    const [path, query = ""] = target.split("?") as [string, string?];
    const bytes = Buffer.from(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    const answer: ProxiedAnswer = { status: 0, headers: [], length: undefined, text: "", isCut: false };
    const exchange: Exchange = {
      method,
      path,
      query,
      peer: "192.0.2.7",
      secure: true,
      header: (name) => headers.find(([each]) => each === name)?.[1],
      headers: () => headers,
      body: async () => bytes,
      async *stream() {
        yield bytes;
      },
      gone: false,
      onGone: (task) => {
        leave = task;
      },
      respond(status, given, text) {
        const list = Array.isArray(given) ? (given as HeaderList) : Object.entries(given);
        resolve(Object.assign(answer, { status, headers: list, text: String(text) }));
      },
      open(status, given, length) {
        Object.assign(answer, { status, headers: given, length });
        opened = {
          write(chunk) {
            answer.text += Buffer.from(chunk).toString();
            return answer.text.length < roomBytes;
          },
          end: () => resolve(answer),
          cut: () => resolve(Object.assign(answer, { isCut: true })),
          onDrain: null,
        };
        return opened;
      },
    };
    http.handle(exchange);
    return promise;
  }

  return { ask, requests, paces, leave: () => leave(), drain: () => opened?.onDrain?.() };
}
