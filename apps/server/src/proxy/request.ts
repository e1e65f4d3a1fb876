import type { Sending } from "../ports/dialer.ts";
import type { HeaderList } from "../ports/listener.ts";
import type { Client } from "../registry/client.ts";
import type { Absences } from "./absences.ts";
import { type AttemptFailure, type AttemptOptions, startAttempt } from "./attempt.ts";
import { answerHeaders } from "./headers.ts";
import type { ProxyFailure, ProxyHandlers, ProxyRequest } from "./http-proxy.ts";
import type { ProxyMetrics, ProxyOutcome } from "./proxy-metrics.ts";
import { type Redirectable, redirectOf } from "./redirect.ts";
import { relayBody } from "./relayed-body.ts";
import type { Exchanger } from "./target.ts";
import { baseOfUrl, type TargetBase } from "./target-base.ts";
import type { Place, Targets } from "./targets.ts";
import type { Way, Ways } from "./ways.ts";

/** What all requests share. */
export interface RequestContext {
  readonly targets: Targets;
  readonly ways: Ways;
  readonly absences: Absences;
  readonly attempts: AttemptOptions;
  readonly metrics: ProxyMetrics;
  /** A request is over. */
  readonly left: () => void;
}

/** One request to one place: to a client, or to where it redirects. */
interface Hop {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
}

type Failed = (failure: AttemptFailure) => void;

/** Clients that are tried beside the first. */
const maxFailovers = 3;
/** Methods of which a second request does what the first did (RFC 9110, 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

const unreadable: Way = { ok: false, code: "proxy/unreachable", reason: ":einval" };
const gone: AttemptFailure = { code: "proxy/unreachable", reason: ":stream/peer-lost", reach: "target" };

/** Sends a request to a client, to others where that one cannot be reached, and to where redirects lead. */
export function startRequest(context: RequestContext, asked: ProxyRequest, handlers: ProxyHandlers): Sending {
  const { targets, ways, absences, attempts, metrics } = context;
  const { clock } = attempts;
  const startedAtMs = clock.elapsed();
  const passedOver = new Set<Client>();
  const stream =
    asked.body === null || asked.body instanceof Uint8Array ? null : relayBody(asked.body, () => current?.progress());
  const bytes = asked.body instanceof Uint8Array ? asked.body : null;
  let current: ReturnType<typeof startAttempt> | null = null;
  let isOver = false;
  let isPaused = false;
  let wasRepeated = false;
  let redirects = 0;
  /** Whose answer over its connection has not begun, and what becomes of the request without it. */
  let awaited: { readonly client: Client; readonly failed: Failed } | null = null;

  function stopAwaiting(): void {
    if (awaited !== null) absences.unwatch(awaited.client, giveUp);
    awaited = null;
  }

  /** Whoever is awaited is away. Where nobody else matches it is waited for: it may come back, and answer ([SH-10]). */
  function giveUp(): void {
    if (awaited === null || typeof targets.choose(asked.query, asked.eligible, passedOver) !== "object") return;
    const { client, failed } = awaited;
    stopAwaiting();
    current?.abort();
    failed(describe(client, null, gone));
  }

  function finish(outcome: ProxyOutcome): void {
    isOver = true;
    current = null;
    stopAwaiting();
    stream?.stop();
    metrics.outcome(outcome);
    context.left();
  }

  function fail(failure: ProxyFailure): void {
    finish(failure.code);
    handlers.failed(failure);
  }

  /** Tries a client that was not tried yet; `last` is why the one before it failed. */
  function tryNext(
    last: { readonly client: Client; readonly place: Place; readonly failure: AttemptFailure } | null,
  ): void {
    const client = targets.choose(asked.query, asked.eligible, passedOver);
    if (typeof client === "object") return tryClient(client);
    if (last === null) {
      if (client === "no-match") return fail({ code: "route/no-match", reason: "no matches" });
      return fail({ code: "proxy/circuit-open", reason: "target failed too often" });
    }
    // A connection that was kept open may have been closed at the other end just now: nobody else is there to ask.
    const wasDialled = !("exchanger" in last.place);
    if (!wasDialled || last.failure.reach === "nothing" || wasRepeated) return fail(last.failure);
    wasRepeated = true;
    tryClient(last.client);
  }

  function tryClient(client: Client): void {
    const place = targets.placeOf(client);
    const { method, path, headers } = asked;
    const prefix = placeBase(place)?.prefix ?? "";
    const authority = placeBase(place)?.authority ?? asked.host;
    const failed: Failed = (failure) => {
      if (!mayTryAnother(failure)) return fail(failure);
      passedOver.add(client);
      metrics.failovers.total++;
      tryNext({ client, place, failure });
    };
    go(client, place, { method, path: `${prefix}${path}`, authority, headers, body: bytes }, failed);
  }

  function mayTryAnother({ reach, code }: AttemptFailure): boolean {
    if (passedOver.size >= maxFailovers || reach === "answer") return false;
    if (reach === "nothing") return stream === null || !stream.isTouched();
    const canRepeat = idempotent.has(asked.method) && (stream === null || !stream.isTouched());
    return canRepeat && (code === "proxy/unreachable" || code === "proxy/bad-response");
  }

  function go(client: Client, place: Place, hop: Hop, failed: Failed): void {
    if ("exchanger" in place) return send(client, place, place.exchanger, hop, failed);
    const way = place.base === null ? unreadable : ways.find(place.base, client.peer);
    if (!(way instanceof Promise)) return take(way);
    way.then(take).catch(() => {
      if (!isOver) fail({ code: "server/internal", reason: "internal server error" });
    });

    function take(found: Way): void {
      if (isOver) return;
      if (found.ok) send(client, place, found.exchanger, hop, failed);
      else failed(describe(client, place, { ...found, reach: "nothing" }));
    }
  }

  function send(client: Client, place: Place, exchanger: Exchanger, hop: Hop, failed: Failed): void {
    const { method, path, authority, headers, body } = hop;
    const request = {
      method,
      path,
      headers: [["host", authority] as const, ...headers],
      body: stream ?? body,
      length: stream === null ? null : asked.length,
    };
    const target = placeBase(place)?.origin ?? null;
    current = startAttempt(attempts, target, exchanger, request, stream, {
      head(status, answered, length) {
        stopAwaiting();
        if (asked.maxRedirects > 0) {
          const next = redirectOf(status, answered, hopAsUrl(hop, place));
          if (next !== null) return follow(client, place, next);
        }
        metrics.latency.observe((clock.elapsed() - startedAtMs) / 1000);
        handlers.head(status, answerHeaders(answered), length);
      },
      data: handlers.data,
      end() {
        finish("answered");
        handlers.end();
      },
      failed(failure) {
        stopAwaiting();
        failed(describe(client, place, failure));
      },
    });
    if (isPaused) current.pause();
    if (!("exchanger" in place)) return;
    awaited = { client, failed };
    absences.watch(client, giveUp);
    // What was sent may have been too much for its connection.
    if (client.membership === null) giveUp();
  }

  function follow(client: Client, place: Place, next: Redirectable): void {
    current?.abort();
    current = null;
    if (++redirects > asked.maxRedirects) {
      return fail({ code: "proxy/too-many-redirects", reason: `more than ${asked.maxRedirects} redirects` });
    }
    const base = baseOfUrl(next.url);
    if (base === null) return fail({ code: "proxy/forbidden", reason: `redirected to ${next.url.protocol}` });
    const { method, headers, body } = next;
    const hop: Hop = {
      method,
      path: `${next.url.pathname}${next.url.search}`,
      authority: base.authority,
      headers,
      body,
    };
    const staysThere = "exchanger" in place && base.authority === asked.host;
    go(client, staysThere ? place : { base }, hop, fail);
  }

  function hopAsUrl({ method, path, authority, headers, body }: Hop, place: Place): Redirectable {
    const scheme = placeBase(place)?.secure === true ? "https" : "http";
    return { method, headers, body, url: new URL(`${scheme}://${authority}${path}`) };
  }

  tryNext(null);
  return {
    pause() {
      isPaused = true;
      current?.pause();
    },
    resume() {
      isPaused = false;
      current?.resume();
    },
    abort() {
      if (isOver) return;
      current?.abort();
      finish("cancelled");
    },
  };
}

/** A failure with who was asked, and where. */
function describe({ application, id, base }: Client, place: Place | null, failure: AttemptFailure): AttemptFailure {
  const client = `${application}/${id}`;
  if (place === null || "exchanger" in place) return { ...failure, client };
  return { ...failure, client, target: place.base?.origin ?? base.ip! };
}

function placeBase(place: Place): TargetBase | null {
  return "exchanger" in place ? null : place.base;
}
