/** A proxy over targets that do what a test tells them to, and a clock that stands still. */
import { jsonCodec } from "@singyeong/protocol/codec";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import type { AnswerHandlers, DialTarget, Reach, TargetRequest } from "../ports/dialer.ts";
import type { HeaderList } from "../ports/listener.ts";
import type { Client } from "../registry/client.ts";
import { createRegistry } from "../registry/registry.ts";
import { createRouter } from "../router/router.ts";
import { createSeededRandom, createTestClient, createTestMetrics } from "../testing/fixtures.ts";
import { createHttpProxy, type ProxyFailure, type ProxyLimits, type ProxyRequest } from "./http-proxy.ts";
import type { ServedClients } from "./target.ts";

/** A request that reached a target. */
export interface Dialled {
  readonly target: DialTarget;
  readonly request: TargetRequest;
  readonly handlers: AnswerHandlers;
  isAborted: boolean;
  isPaused: boolean;
  answer(status?: number, headers?: HeaderList, body?: string): void;
  fail(reach: Reach, reason?: string): void;
}

/** What came of a request. */
export interface Outcome {
  status: number | null;
  headers: HeaderList;
  length: number | null;
  body: string;
  isWhole: boolean;
  failure: ProxyFailure | null;
}

export interface ProxyWorldOptions {
  readonly limits?: Partial<ProxyLimits>;
  /** What names resolve to, asked anew for each look-up. */
  readonly resolve?: (name: string) => readonly string[] | null;
  readonly served?: ServedClients;
}

export function startProxyWorld({ limits, resolve, served }: ProxyWorldOptions = {}) {
  const clock = createSteppedClock();
  const metrics = createTestMetrics();
  const random = createSeededRandom(7);
  const registry = createRegistry(random, "merge", { maxMetadataKeys: 10, maxMetadataBytes: 10_000 });
  const router = createRouter(registry, metrics);
  const wheel = createTimerWheel({
    clock,
    onError: (error) => {
      throw error;
    },
  });
  const dialled: Dialled[] = [];
  const proxy = createHttpProxy({
    pseudonym: "singyeong-kit",
    router,
    served: served ?? { find: () => null },
    clock,
    wheel,
    metrics,
    limits: { proxyAllow: [], proxyTimeoutMs: 30_000, maxProxyResponseBytes: 0, maxProxyRequests: 10, ...limits },
    dialer: {
      async resolve(name) {
        const addresses = resolve?.(name) ?? null;
        if (addresses === null) throw new Error("ENOTFOUND");
        return addresses;
      },
      send(target, request, handlers) {
        const each = createDialled(target, request, handlers);
        dialled.push(each);
        return {
          pause() {
            each.isPaused = true;
          },
          resume() {
            each.isPaused = false;
          },
          abort() {
            each.isAborted = true;
          },
        };
      },
      close: async () => {},
    },
  });

  function join(
    id: string,
    ip: string | null,
    more: { restricted?: boolean; peer?: string; caps?: readonly string[] } = {},
  ): Client {
    const { client } = createTestClient({ id, ip, peer: "127.0.0.1", ...more });
    registry.join(client);
    return client;
  }

  function send(request: Partial<ProxyRequest> = {}) {
    const outcome: Outcome = { status: null, headers: [], length: null, body: "", isWhole: false, failure: null };
    const compiled = router.compile(jsonCodec, '{"application":"app"}', null);
    if (!compiled.ok) throw new Error("no query");
    const sending = proxy.send(
      {
        query: compiled.query,
        eligible: null,
        method: "GET",
        path: "/p",
        headers: [],
        host: "broker.example",
        body: null,
        length: null,
        maxRedirects: 0,
        ...request,
      },
      {
        head: (status, headers, length) => void Object.assign(outcome, { status, headers, length }),
        data: (chunk) => {
          outcome.body += Buffer.from(chunk).toString();
        },
        end: () => {
          outcome.isWhole = true;
        },
        failed: (failure) => {
          outcome.failure = failure;
        },
      },
    );
    return { outcome, sending };
  }

  return { clock, metrics, registry, proxy, dialled, join, send, last: () => dialled.at(-1)! };
}

export function createDialled(target: DialTarget, request: TargetRequest, told: AnswerHandlers): Dialled {
  /** Nothing is told after an abort. */
  const handlers: AnswerHandlers = {
    head: (status, headers) => dialled.isAborted || told.head(status, headers),
    data: (chunk) => dialled.isAborted || told.data(chunk),
    end: () => dialled.isAborted || told.end(),
    failed: (failure) => dialled.isAborted || told.failed(failure),
  };
  const dialled: Dialled = {
    target,
    request,
    handlers,
    isAborted: false,
    isPaused: false,
    answer(status = 200, headers = [], body = "") {
      handlers.head(status, headers);
      if (body !== "") handlers.data(Buffer.from(body));
      handlers.end();
    },
    fail: (reach, reason = ":econnrefused") => handlers.failed({ code: "proxy/unreachable", reason, reach }),
  };
  return dialled;
}

/** Lets promises settle: names are looked up by one. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
