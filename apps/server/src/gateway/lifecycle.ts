import { type ErrorCode, Op, type Value } from "@singyeong/protocol";
import { failure } from "../commands/failure.ts";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResumableSession } from "../resume/resumable-session.ts";
import type { ResumeTable } from "../resume/resume-table.ts";
import type { ErrorTallies } from "./error-tallies.ts";
import { createLossMetrics } from "./loss-metrics.ts";
import { sendFrame } from "./send-frame.ts";
import type { Session } from "./session.ts";

/** Deadlines of a connection, in milliseconds. */
export interface LifecycleTimes {
  /** What hello asks for; a client is evicted 1.5 intervals after its last heartbeat. */
  readonly heartbeatIntervalMs: number;
  /** How long a connection may take to identify. */
  readonly identifyTimeoutMs: number;
  /** Between goodbye and the close: time to settle what the client holds ([C-19]). */
  readonly goodbyeMs: number;
}

/** Between op 8 and the close: time for the frame to be read ([C-13]). */
const closeDelayMs = 100;
/** Ends are looked at this often at least, for the wall clock may be set. */
const longestWatchMs = 60_000;
/** A client is healthy while its last heartbeat is no older than this many intervals. */
const missedIntervals = 1.5;
/** Codes of close frames that end a session; 1005 stands for a frame without one. */
const farewells: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** How connections enter, stay and go. */
export interface Lifecycle {
  now(): number;
  /** Sends hello and starts the clock for identify. */
  greet(session: Session): void;
  /** Registers a client whose ready has been sent, and starts watching its heartbeats; `resumable` where it may resume. */
  enter(session: Session, client: Client, resumable: ResumableSession | null): void;
  /** What a connection was let in with ends at this time, in milliseconds since the epoch; `null` is never. */
  expireAt(session: Session, expiresAtMs: number | null): void;
  heartbeat(session: Session, client: Client): void;
  /** Answers a fatal mistake with op 8; the connection closes with 1000 soon after. */
  fail(session: Session, code: ErrorCode, extraInfo: Value, text?: string): void;
  /** Closes at once with 1009, because a frame was larger than `maxBytes`. */
  cutOversize(session: Session, maxBytes: number): void;
  /** Asks the client to reconnect elsewhere; deregisters it at once. A connection that has not identified gets op 8. */
  dismiss(session: Session, reason: string): void;
  /** Makes a registered holder of a name leave it to a newcomer, where it must; `false` where it stays. */
  giveWay(holder: Client, newcomerRestricted: boolean): boolean;
  /** Parts a client from its connection, where it has one: that closes with 1000, and says and does nothing any more. */
  displace(client: Client): void;
  /** The socket is gone, with this code of the close frame (1006 is none): a client that may resume is away then. */
  forget(session: Session, code: number): void;
  /** Connections that are open. */
  readonly sessions: ReadonlySet<Session>;
  /** How many of them have not identified. */
  readonly unidentified: number;
}

export interface LifecycleOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly times: LifecycleTimes;
  readonly metrics: Metrics;
  readonly errorTallies: ErrorTallies;
  readonly logger: Logger;
  readonly resumes: ResumeTable;
  /** Told once when a client that may not resume can say nothing more: later than that it has left, where it was asked to go. */
  readonly departed: (client: Client) => void;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { registry, clock, wheel, times, metrics, errorTallies, logger, resumes, departed } = options;
  const sessions = new Set<Session>();
  const greeted = new Set<Session>();
  /** The session of every registered client, to evict a holder. */
  const sessionOf = new Map<Client, Session>();
  const lost = createLossMetrics(metrics);
  const missedMs = times.heartbeatIntervalMs * missedIntervals;
  metrics.gauge("singyeong_connections", "Open WebSocket connections.", () => sessions.size);
  metrics.gauge("singyeong_unidentified", "Connections that have not identified.", () => greeted.size);
  metrics.gauge("singyeong_clients", "Clients that have identified.", () => registry.size);

  function wait(session: Session, delayMs: number, task: () => void): void {
    if (session.timer !== null) wheel.cancel(session.timer);
    session.timer = wheel.schedule(delayMs, task);
  }

  function stopTimers(session: Session): void {
    if (session.timer !== null) wheel.cancel(session.timer);
    if (session.expiry !== null) wheel.cancel(session.expiry);
    session.expiry = null;
  }

  /** A heartbeat may lie unread when this server itself was late, so the deadline is looked at twice. */
  function watchHeartbeats(session: Session, isLastLook = false): void {
    const left = session.beatAtMs + missedMs - clock.elapsed();
    if (left >= 0) wait(session, left + 1, () => watchHeartbeats(session));
    else if (isLastLook) fail(session, "heartbeat/missed", null);
    else wait(session, 0, () => watchHeartbeats(session, true));
  }

  /** Nothing that the peer sends counts any more. */
  function silence(session: Session, state: "closing" | "closed"): void {
    const wasHeard = session.state === "ready" || session.state === "leaving";
    session.state = state;
    deregister(session);
    if (!wasHeard) return;
    if (session.resumable === null) departed(session.client!);
    else resumes.end(session.resumable);
  }

  /** The client goes on without this connection. */
  function part(session: Session, state: "closing" | "closed"): void {
    session.state = state;
    deregister(session);
    session.client = null;
    session.resumable = null;
  }

  /** The end of a connection by this close code: a client that may resume is away from now on ([RS-2]). */
  function lose(session: Session, state: "closing" | "closed", code: number): void {
    const { resumable } = session;
    if (session.state !== "ready" || resumable === null || farewells.has(code)) return silence(session, state);
    part(session, state);
    resumes.leave(resumable);
  }

  function deregister(session: Session): void {
    if (session.client !== null && registry.leave(session.client)) sessionOf.delete(session.client);
  }

  function fail(session: Session, code: ErrorCode, extraInfo: Value, text?: string): void {
    if (session.state === "closing" || session.state === "closed") return;
    errorTallies[code].total++;
    logger.debug(
      { code, info: extraInfo, connection: session.id, peer: session.peer, client: session.client?.id },
      "connection failed",
    );
    (session.client === null ? lost.rejected : lost.evicted)(code);
    silence(session, "closing");
    sendFrame(session, Op.error, failure(code, extraInfo, text), clock.now());
    wait(session, closeDelayMs, () => session.outbox.close(1000, ""));
  }

  return {
    now: () => clock.now(),
    sessions,
    get unidentified() {
      return greeted.size;
    },
    fail,
    greet(session) {
      sessions.add(session);
      greeted.add(session);
      sendFrame(session, Op.hello, { heartbeat_interval: times.heartbeatIntervalMs }, clock.now());
      wait(session, times.identifyTimeoutMs, () => fail(session, "identify/timeout", null));
    },
    enter(session, client, resumable) {
      session.client = client;
      session.resumable = resumable;
      session.state = "ready";
      greeted.delete(session);
      sessionOf.set(client, session);
      registry.join(client);
      session.beatAtMs = clock.elapsed();
      watchHeartbeats(session);
    },
    expireAt(session, expiresAtMs) {
      if (session.expiry !== null) wheel.cancel(session.expiry);
      const watch = (): void => {
        const left = expiresAtMs! - clock.now();
        if (left <= 0) return fail(session, "auth/expired", null);
        session.expiry = wheel.schedule(Math.min(left, longestWatchMs), watch);
      };
      session.expiry = expiresAtMs === null ? null : wheel.schedule(0, watch);
    },
    heartbeat(session, client) {
      session.beatAtMs = clock.elapsed();
      if (session.state === "ready") registry.heartbeat(client, clock.now());
      sendFrame(session, Op.heartbeatAck, { client_id: client.id }, clock.now());
    },
    cutOversize(session, maxBytes) {
      errorTallies["frame/too-large"].total++;
      lose(session, "closing", 1009);
      session.outbox.close(1009, `a frame is at most ${maxBytes} bytes`);
    },
    dismiss(session, reason) {
      if (session.state === "greeted") return fail(session, "server/draining", null);
      if (session.state !== "ready") return;
      deregister(session);
      session.state = "leaving";
      if (session.resumable !== null) resumes.withdraw(session.resumable);
      sendFrame(session, Op.goodbye, { reason }, clock.now());
      wait(session, times.goodbyeMs, () => session.outbox.close(1000, ""));
    },
    giveWay(holder, newcomerRestricted) {
      const seat = sessionOf.get(holder)!;
      const missed = seat.beatAtMs + missedMs < clock.elapsed();
      const outranked = holder.restricted && !newcomerRestricted;
      if (missed) fail(seat, "heartbeat/missed", null);
      else if (outranked) fail(seat, "identify/duplicate", null, `${holder.id}: replaced by a trusted client`);
      return missed || outranked;
    },
    displace(client) {
      const seat = sessionOf.get(client);
      if (seat === undefined) return;
      stopTimers(seat);
      part(seat, "closing");
      seat.outbox.close(1000, "resumed over another connection");
    },
    forget(session, code) {
      sessions.delete(session);
      greeted.delete(session);
      stopTimers(session);
      lose(session, "closed", code);
    },
  };
}
