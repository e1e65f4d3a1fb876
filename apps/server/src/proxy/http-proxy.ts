import type { ErrorCode } from "@singyeong/protocol";
import type { Query } from "@singyeong/query";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dialer, Sending } from "../ports/dialer.ts";
import type { HeaderList } from "../ports/listener.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import type { Router } from "../router/router.ts";
import { type Absences, createAbsences } from "./absences.ts";
import { type CircuitInfo, createCircuits } from "./circuits.ts";
import { createGuard } from "./guard.ts";
import { createLoopGuard } from "./loop-guard.ts";
import { createNames } from "./names.ts";
import { createProxyMetrics } from "./proxy-metrics.ts";
import { type RequestContext, startRequest } from "./request.ts";
import type { ServedClients } from "./target.ts";
import { createTargets } from "./targets.ts";
import { createWays } from "./ways.ts";

/** A request for one of the clients that a query keeps. */
export interface ProxyRequest {
  readonly query: Query;
  /** Clients of whom this is not true are no candidates; `null` bounds nothing. */
  readonly eligible: ((client: Client) => boolean) | null;
  readonly method: string;
  /** As of a target's request, without what a client's own address puts before it. */
  readonly path: string;
  /** As a target is to see them, but for `host`. */
  readonly headers: HeaderList;
  /** What `host` says to clients that have no address, for they serve over their connection. */
  readonly host: string;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Of a streamed body, where it is known. */
  readonly length: number | null;
  /** Redirects that are followed, for a body of bytes or none; 0 passes them on. */
  readonly maxRedirects: number;
}

/** Why there is no answer, or not the whole of one. */
export interface ProxyFailure {
  readonly code: ErrorCode;
  /** Short: v1's word, where it had one (`:econnrefused`). */
  readonly reason: string;
  /** For people, in words; where there is none, the reason says all. */
  readonly message?: string;
  /** Where the request was to go, by an address; absent where it goes over a connection. */
  readonly target?: string;
  /** Whom it was for, as `application/id`, where somebody was chosen. */
  readonly client?: string;
}

/** `head`, `data`s and `end` in this order, or `failed` in the place of any; nothing after `end`, `failed` or an abort. */
export interface ProxyHandlers {
  /** Hop-by-hop fields are left out; `length` is the body's, where it is known. */
  head(status: number, headers: HeaderList, length: number | null): void;
  data(chunk: Uint8Array): void;
  end(): void;
  /** May be told before `send` has returned. */
  failed(failure: ProxyFailure): void;
}

/** Sends requests to clients that queries choose (docs/protocol/proxy.md). */
export interface HttpProxy {
  send(request: ProxyRequest, handlers: ProxyHandlers): Sending;
  /** Requests under way. */
  readonly inFlight: number;
  /** Targets that were dialled lately. */
  targets(): readonly CircuitInfo[];
}

/** Bounds that the proxy goes by; 0 is no bound of a response. */
export interface ProxyLimits {
  readonly proxyAllow: readonly string[];
  readonly proxyTimeoutMs: number;
  readonly maxProxyResponseBytes: number;
  readonly maxProxyRequests: number;
}

export interface ProxyOptions {
  /** What this proxy is called in `via`, and nobody else is. */
  readonly pseudonym: string;
  readonly router: Router;
  readonly dialer: Dialer;
  readonly served: ServedClients;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly metrics: Metrics;
  readonly limits: ProxyLimits;
}

/** @throws Error where `proxyAllow` names what is no address, network or name */
export function createHttpProxy(options: ProxyOptions): HttpProxy & Pick<Absences, "away"> {
  const { dialer, clock, wheel, limits } = options;
  let inFlight = 0;
  const circuits = createCircuits(clock, () => metrics.circuitsOpened.total++);
  const metrics = createProxyMetrics(
    options.metrics,
    () => inFlight,
    () => circuits.openCount,
  );
  const ways = createWays(dialer, createGuard(limits.proxyAllow), createNames(dialer.resolve, clock));
  const absences = createAbsences();
  const loops = createLoopGuard(options.pseudonym);
  const context: RequestContext = {
    absences,
    targets: createTargets(options.router, options.served, circuits),
    ways,
    metrics,
    attempts: {
      circuits,
      clock,
      wheel,
      timeoutMs: limits.proxyTimeoutMs,
      maxResponseBytes: limits.maxProxyResponseBytes,
    },
    left: () => inFlight--,
  };

  function refuse(handlers: ProxyHandlers, code: "proxy/overloaded" | "proxy/forbidden", reason: string): Sending {
    metrics.outcome(code);
    handlers.failed({ code, reason });
    return nothing;
  }

  return {
    send(request, handlers) {
      if (inFlight >= limits.maxProxyRequests)
        return refuse(handlers, "proxy/overloaded", "too many requests under way");
      const headers = loops.mark(request.headers);
      if (headers === null)
        return refuse(handlers, "proxy/forbidden", "the request has been here before: it goes in a circle");
      inFlight++;
      return startRequest(context, { ...request, headers }, handlers);
    },
    get inFlight() {
      return inFlight;
    },
    targets: circuits.list,
    away: absences.away,
  };
}

const nothing: Sending = { pause() {}, resume() {}, abort() {} };
