import { type ErrorCode, maxNonceBytes, Op, type Value } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Command, Outcome, Services } from "../commands/command.ts";
import { createEventMeter, type EventMeter } from "../commands/event-metrics.ts";
import { readReplyNonce } from "../commands/receipt.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import { type AuthenticateSession, authCap, authenticateEvent } from "./authenticate.ts";
import type { Session } from "./session.ts";

/** Carries out a dispatch of a client. The frame is borrowed. */
export type Dispatch = (session: Session, client: Client, frame: Frame) => void;

export interface DispatchingOptions {
  readonly commands: ReadonlyMap<string, Command>;
  readonly services: Services;
  readonly authenticate: AuthenticateSession;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

interface Entry {
  readonly command: Command;
  readonly meter: EventMeter;
}

/** How dispatches of clients are carried out, and refused. */
export interface Dispatching {
  readonly dispatch: Dispatch;
  /** Whether the server has such an event for this client. */
  isKnown(client: Client, event: string | null): boolean;
  refuse(client: Client, frame: Frame, code: ErrorCode, extraInfo: Value, text?: string): void;
  /** The nonce by which the sender of a frame knows the answer; `undefined` is none. */
  nonceOf(client: Client, frame: Frame): Value | undefined;
}

export function createDispatching(options: DispatchingOptions): Dispatching {
  const { commands, services, authenticate, clock, metrics } = options;
  const table = new Map<string | null, Entry>();
  for (const [event, command] of commands) table.set(event, { command, meter: createEventMeter(metrics, event) });
  const authenticates = createEventMeter(metrics, authenticateEvent).received;

  function dispatch(session: Session, client: Client, frame: Frame): void {
    const entry = table.get(frame.t);
    const isKnown = entry !== undefined && (entry.command.cap === undefined || client.caps.includes(entry.command.cap));
    if (client.restricted && !(isKnown && entry.command.allowRestricted)) {
      const text = `invalid dispatch type ${frame.t ?? "nil"} (are you restricted?)`;
      return refuse(client, frame, "dispatch/restricted", null, text);
    }
    if (!isKnown) return dispatchRare(session, client, frame);
    const { command, meter } = entry;
    meter.received.total++;
    const outcome = meter.isMeasured() ? runMeasured(entry, client, frame) : command.run(services, client, frame);
    if (outcome === null) return;
    if (outcome.kind === "answer") {
      client.outbox.send(client.codec.encodeFrame(Op.dispatch, outcome.d, clock.now(), outcome.event));
    } else {
      meter.refused.total++;
      refuse(client, frame, outcome.code, outcome.extraInfo, outcome.text);
    }
  }

  function runMeasured({ command, meter }: Entry, client: Client, frame: Frame): Outcome {
    const fromMs = clock.elapsed();
    try {
      return command.run(services, client, frame);
    } finally {
      meter.measured(clock.elapsed() - fromMs);
    }
  }

  /** What is no command, since it is about the connection itself. */
  function dispatchRare(session: Session, client: Client, frame: Frame): void {
    if (frame.t !== authenticateEvent || !client.caps.includes(authCap)) {
      return refuse(client, frame, "dispatch/unknown-event", describeUnknown(client, frame));
    }
    authenticates.total++;
    authenticate(session, client, frame);
  }

  function refuse(client: Client, frame: Frame, code: ErrorCode, extraInfo: Value, text?: string): void {
    services.replies.refuse(client, code, extraInfo, nonceOf(client, frame), text);
  }

  /**
   * The message's own nonce, else the frame's. One that is too long is left out: repeating it would cost more than
   * anybody may ask for by being refused.
   */
  function nonceOf(client: Client, frame: Frame): Value | undefined {
    const own = table.get(frame.t)?.command.hasNonce === false ? undefined : frame.field("nonce");
    if (own === undefined) return readReplyNonce(client, frame) ?? undefined;
    return own.length > maxNonceBytes ? undefined : client.codec.decodeExact(own);
  }

  return {
    dispatch,
    refuse,
    nonceOf,
    isKnown(client, event) {
      const entry = table.get(event);
      if (entry === undefined) return event === authenticateEvent && client.caps.includes(authCap);
      return entry.command.cap === undefined || client.caps.includes(entry.command.cap);
    },
  };
}

/** v1 answers an event that it does not know with the frame, its op by name. */
function describeUnknown({ codec }: Client, frame: Frame): Value {
  const d = frame.d === undefined ? null : codec.decodeExact(frame.d);
  return { op: "dispatch", t: frame.t, ts: null, d };
}
