import { type ErrorCode, maxNonceBytes, Op, opName, type Value } from "@singyeong/protocol";
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
import { readReplyNonce } from "../commands/receipt.ts";
import { receivedEvent } from "../commands/received.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConnectionHandlers } from "../ports/listener.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics, Tally } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import { countDispatch, type ResumableSession, tellReceived } from "../resume/resumable-session.ts";
import type { Identify } from "./identify.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { sendFrame } from "./send-frame.ts";
import type { Session } from "./session.ts";

const codecs: ReadonlyMap<string, Codec> = new Map([jsonCodec, msgpackCodec, etfCodec].map((c) => [c.encoding, c]));
const path = /^\/gateway\/websocket\/?$/;

export interface GatewayOptions {
  readonly lifecycle: Lifecycle;
  readonly identify: Identify;
  readonly commands: ReadonlyMap<string, Command>;
  readonly services: Services;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: { readonly maxFrameBytes: number; readonly maxDepth: number };
  /** True once the server drains: new connections are refused with 503. */
  readonly isDraining: () => boolean;
}

/** The WebSocket side of the server: sockets in, commands out. */
export type Gateway = Omit<ConnectionHandlers<Session>, "request">;

export function createGateway(options: GatewayOptions): Gateway {
  const { lifecycle, identify, commands, services, clock, metrics, logger, limits, isDraining } = options;
  const table = new Map<string | null, { readonly command: Command; readonly received: Tally }>();
  for (const [event, command] of commands) {
    const received = metrics.counter("singyeong_events_total", "Dispatch events received.", { event });
    table.set(event, { command, received });
  }

  function dispatch(session: Session, client: Client, frame: Frame): void {
    const entry = table.get(frame.t);
    const isKnown = entry !== undefined && (entry.command.cap === undefined || client.caps.includes(entry.command.cap));
    if (client.restricted && !(isKnown && entry.command.allowRestricted)) {
      const text = `invalid dispatch type ${frame.t ?? "nil"} (are you restricted?)`;
      return refuse(client, frame, "dispatch/restricted", null, text);
    }
    if (!isKnown) return refuse(client, frame, "dispatch/unknown-event", describeUnknown(session, frame));
    entry.received.total++;
    const outcome = entry.command.run(services, client, frame);
    if (outcome === null) return;
    if (outcome.kind === "answer") {
      client.outbox.send(client.codec.encodeFrame(Op.dispatch, outcome.d, clock.now(), outcome.event));
    } else refuse(client, frame, outcome.code, outcome.extraInfo, outcome.text);
  }

  /** What the client counts is counted here, whatever becomes of it ([RS-1]). */
  function dispatchCounted(session: Session, client: Client, resumable: ResumableSession, frame: Frame): void {
    const { t, size } = frame;
    dispatch(session, client, frame);
    if (t === receivedEvent || !countDispatch(resumable, size)) return;
    sendFrame(session, Op.dispatch, { seq: tellReceived(resumable) }, clock.now(), receivedEvent);
  }

  function refuse(client: Client, frame: Frame, code: ErrorCode, extraInfo: Value, text?: string): void {
    services.replies.refuse(client, code, extraInfo, nonceOf(client, frame), text);
  }

  /**
   * The nonce by which the sender of a frame knows the answer: the message's own, else the frame's. One that is too long is
   * left out: repeating it would cost more than anybody may ask for by being refused.
   */
  function nonceOf(client: Client, frame: Frame): Value | undefined {
    const own = table.get(frame.t)?.command.hasNonce === false ? undefined : frame.field("nonce");
    if (own === undefined) return readReplyNonce(client, frame) ?? undefined;
    return own.length > maxNonceBytes ? undefined : client.codec.decodeExact(own);
  }

  return {
    accept({ path: requested, query, peer }) {
      if (!path.test(requested)) return { ok: false, status: 404 };
      if (isDraining()) return { ok: false, status: 503 };
      const encoding = new URLSearchParams(query).get("encoding") ?? "json";
      const codec = codecs.get(encoding);
      return codec ? { ok: true, hello: { encoding, binary: codec.binary, peer } } : { ok: false, status: 403 };
    },
    open(outbox, { encoding, peer }) {
      const session: Session = {
        codec: codecs.get(encoding)!,
        outbox,
        peer,
        state: "greeted",
        client: null,
        resumable: null,
        beatAtMs: 0,
        timer: null,
      };
      lifecycle.greet(session);
      return session;
    },
    message(session, bytes, isBinary) {
      try {
        receive(session, bytes, isBinary);
      } catch (error) {
        // A mistake of ours. It costs the connection that found it, and no other.
        logger.error({ err: error, peer: session.peer, client: session.client?.id }, "a frame could not be handled");
        lifecycle.fail(session, "server/internal", null);
      }
    },
    closed: lifecycle.forget,
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
        if (session.resumable === null) return dispatch(session, session.client, frame);
        return dispatchCounted(session, session.client, session.resumable, frame);
      case Op.heartbeat:
        if (session.client !== null) return lifecycle.heartbeat(session, session.client);
        break;
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

/** v1 answers an event that it does not know with the frame, its op by name. */
function describeUnknown(session: Session, frame: Frame): Value {
  const d = frame.d === undefined ? null : session.codec.decodeExact(frame.d);
  return { op: "dispatch", t: frame.t, ts: null, d };
}

function failFrame(lifecycle: Lifecycle, session: Session, { fault, message, at }: FrameFault): void {
  const code = `frame/${fault}` as const;
  lifecycle.fail(session, code, fault === "malformed" ? null : { message, at }, message);
}
