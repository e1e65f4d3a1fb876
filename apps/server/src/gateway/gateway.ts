import { type ErrorCode, errors, Op, opName } from "@singyeong/protocol";
import {
  type Codec,
  etfCodec,
  type Frame,
  type FrameFault,
  isFault,
  jsonCodec,
  msgpackCodec,
} from "@singyeong/protocol/codec";
import type { Command, Services } from "../commands/command.ts";
import { receivedEvent } from "../commands/received.ts";
import { createAddressCount } from "../limits/address-count.ts";
import { createRateLimits, pickRates, type RateLimits, type Rates } from "../limits/rate-limits.ts";
import { createTellingOutbox } from "../limits/telling-outbox.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hooks } from "../ports/hooks.ts";
import type { ConnectionHandlers, UpgradeRefusal } from "../ports/listener.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics, Tally } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import { countDispatch, type ResumableSession, tellReceived } from "../resume/resumable-session.ts";
import type { AuthenticateSession } from "./authenticate.ts";
import { createDispatching } from "./dispatching.ts";
import { createHookedDispatch } from "./hooked-dispatch.ts";
import type { Identify } from "./identify.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { sendFrame } from "./send-frame.ts";
import type { Session } from "./session.ts";
import { createTurns, type Turns } from "./turns.ts";

const codecs: ReadonlyMap<string, Codec> = new Map([jsonCodec, msgpackCodec, etfCodec].map((c) => [c.encoding, c]));
const path = /^\/gateway\/websocket\/?$/;

/** Bounds on connections, by the names of their settings. */
export interface GatewayLimits extends Rates {
  readonly maxFrameBytes: number;
  readonly maxDepth: number;
  readonly maxBacklogBytes: number;
  readonly maxUnidentified: number;
  readonly maxConnectionsPerAddress: number;
  readonly slowConsumer: "close" | "drop";
  /** Whose pages may connect; with none, all. */
  readonly origins: readonly string[];
}

export interface GatewayOptions {
  readonly lifecycle: Lifecycle;
  readonly identify: Identify;
  readonly authenticate: AuthenticateSession;
  /** What plugins do; `null` where there are none. */
  readonly hooks: Hooks | null;
  readonly commands: ReadonlyMap<string, Command>;
  readonly services: Services;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: GatewayLimits;
  /** True once the server drains: new connections are refused with 503. */
  readonly isDraining: () => boolean;
}

/** The WebSocket side of the server: sockets in, commands out. */
export type Gateway = Omit<ConnectionHandlers<Session>, "request"> & {
  /** For what has to wait before a connection's next frame is handled. */
  readonly turns: Turns;
};

export function createGateway(options: GatewayOptions): Gateway {
  const { lifecycle, identify, hooks, commands, services, clock, metrics, logger, limits, isDraining } = options;
  const dispatching = createDispatching({ commands, services, authenticate: options.authenticate, clock, metrics });
  const turns = createTurns({
    handle,
    overflow: (session) => lifecycle.fail(session, "limit/in-flight", { max_bytes: limits.maxBacklogBytes }),
    fail: failInternally,
    maxHeldBytes: limits.maxBacklogBytes,
    clock,
  });
  const dispatch =
    hooks === null ? dispatching.dispatch : createHookedDispatch({ hooks, dispatching, turns, services, clock });
  const rates = createRateLimits(pickRates(limits), clock, metrics);
  const addresses = createAddressCount(limits.maxConnectionsPerAddress);
  const refusedFor = (limit: string): Tally =>
    metrics.counter("singyeong_upgrades_refused_total", "WebSockets refused because there were too many.", { limit });
  const [unidentified, fromAddress] = [refusedFor("maxUnidentified"), refusedFor("maxConnectionsPerAddress")];
  const framesDropped = metrics.counter("singyeong_frames_dropped_total", "Frames dropped because a backlog was full.");
  const countDropped = (): void => void framesDropped.total++;
  let connections = 0;
  let hasWarnedOfRelays = false;

  /** Said once: everybody behind such a proxy has its address, and counts as one ([AU-16]). */
  function warnOfRelays(peer: string): void {
    if (hasWarnedOfRelays) return;
    hasWarnedOfRelays = true;
    logger.warn(
      { peer },
      "a proxy passes clients on that is not among trustedProxies: all of them count as one address",
    );
  }

  /** Refuses a dispatch that comes too soon, or ends a connection that does not heed that. */
  function isTooMuch(session: Session, client: Client, frame: Frame, rates: RateLimits): boolean {
    session.meter ??= rates.createMeter();
    const excess = rates.charge(session.meter, client.application, frame.t, frame.size);
    if (excess === null) return false;
    const { limit, max, retryAfterMs, isFlood } = excess;
    const info = { limit, max, retry_after_ms: retryAfterMs };
    if (isFlood) lifecycle.fail(session, "limit/flood", info);
    else dispatching.refuse(client, frame, "limit/rate", info);
    return true;
  }

  /** Heartbeats are charged as well, and never refused; but a connection that sends far too many has to end. */
  function isFlood(session: Session, client: Client, frame: Frame, rates: RateLimits): boolean {
    session.meter ??= rates.createMeter();
    if (!rates.chargeAnyway(session.meter, client.application, frame.size)) return false;
    lifecycle.fail(session, "limit/flood", null);
    return true;
  }

  /** What the client counts is counted here, whatever becomes of it ([RS-1]). */
  function dispatchCounted(session: Session, client: Client, resumable: ResumableSession, frame: Frame): void {
    const { t, size } = frame;
    dispatch(session, client, frame);
    if (t === receivedEvent || !countDispatch(resumable, size)) return;
    sendFrame(session, Op.dispatch, { seq: tellReceived(resumable) }, clock.now(), receivedEvent);
  }

  /** A mistake of ours. It costs the connection that found it, and no other. */
  function failInternally(session: Session, error: unknown): void {
    const { id, peer, client } = session;
    logger.error({ err: error, connection: id, peer, client: client?.id }, "a frame could not be handled");
    lifecycle.fail(session, "server/internal", null);
  }

  function handle(session: Session, bytes: Uint8Array, isBinary: boolean): void {
    try {
      receive(session, bytes, isBinary);
    } catch (error) {
      failInternally(session, error);
    }
  }

  return {
    turns,
    accept({ path: requested, query, peer, isRelayed, origin }) {
      if (!path.test(requested)) return { ok: false, status: 404 };
      if (isDraining()) return refuseUpgrade("server/draining");
      if (!isAllowedOrigin(origin, limits.origins)) return refuseUpgrade("auth/forbidden");
      if (lifecycle.unidentified >= limits.maxUnidentified) return refuseConnection(unidentified);
      const encoding = new URLSearchParams(query).get("encoding") ?? "json";
      const codec = codecs.get(encoding);
      if (addresses.isFull(peer)) return refuseConnection(fromAddress);
      if (codec === undefined) return { ok: false, status: 403 };
      if (isRelayed) warnOfRelays(peer);
      return { ok: true, hello: { encoding, binary: codec.binary, peer, isRelayed } };
    },
    open(socket, { encoding, peer, isRelayed }) {
      const codec = codecs.get(encoding)!;
      const session: Session = {
        id: ++connections,
        codec,
        outbox: limits.slowConsumer === "drop" ? createTellingOutbox(socket, codec, clock, countDropped) : socket,
        peer,
        isRelayed,
        state: "greeted",
        client: null,
        resumable: null,
        beatAtMs: 0,
        timer: null,
        expiry: null,
        held: null,
        meter: null,
      };
      addresses.enter(peer);
      lifecycle.greet(session);
      return session;
    },
    message(session, bytes, isBinary) {
      if (session.held === null || !turns.hold(session, bytes, isBinary)) handle(session, bytes, isBinary);
    },
    closed(session, code) {
      addresses.leave(session.peer);
      lifecycle.forget(session, code);
    },
  };

  function receive(session: Session, bytes: Uint8Array, isBinary: boolean): void {
    if (session.state === "closing" || session.state === "closed") return;
    const { codec } = session;
    if (isBinary !== codec.binary) {
      const kind = isBinary ? "binary" : "text";
      const text = `decode: payload: invalid websocket opcode/encoding combo: {${kind}, ${codec.encoding}}`;
      return lifecycle.fail(session, "frame/wrong-kind", null, text);
    }
    if (bytes.byteLength > limits.maxFrameBytes) {
      return lifecycle.cutOversize(session, limits.maxFrameBytes);
    }
    const frame = codec.readFrame(bytes, limits);
    if (isFault(frame)) return failFrame(lifecycle, session, frame);
    switch (frame.op) {
      case Op.dispatch:
        if (session.client === null) break;
        if (rates !== null && isTooMuch(session, session.client, frame, rates)) return;
        if (session.resumable === null) return dispatch(session, session.client, frame);
        return dispatchCounted(session, session.client, session.resumable, frame);
      case Op.heartbeat:
        if (session.client === null) break;
        if (rates !== null && isFlood(session, session.client, frame, rates)) return;
        return lifecycle.heartbeat(session, session.client);
      case Op.identify:
        if (session.client === null) return identify(session, frame);
        return lifecycle.fail(session, "identify/repeated", null);
    }
    if (session.client === null) return lifecycle.fail(session, "identify/required", null);
    const name = opName(frame.op);
    const code = name === null ? "frame/unknown-op" : "frame/receive-only-op";
    lifecycle.fail(session, code, null, `invalid client op ${name === null ? "nil" : `:${name}`}`);
  }
}

/** Browsers alone say whose page asks: what is no browser is let through. */
function isAllowedOrigin(origin: string | null, allowed: readonly string[]): boolean {
  return origin === null || allowed.length === 0 || allowed.includes("*") || allowed.includes(origin);
}

function refuseConnection(tally: Tally): UpgradeRefusal {
  tally.total++;
  return refuseUpgrade("limit/connections");
}

/** Clients may not see more of an answer to an upgrade than its status; those that do find the code ([H-4]). */
function refuseUpgrade(code: ErrorCode): UpgradeRefusal {
  return { ok: false, status: errors[code].status, headers: [["x-singyeong-error", code]] };
}

function failFrame(lifecycle: Lifecycle, session: Session, { fault, message, at }: FrameFault): void {
  const code = `frame/${fault}` as const;
  lifecycle.fail(session, code, fault === "malformed" ? null : { message, at }, message);
}
