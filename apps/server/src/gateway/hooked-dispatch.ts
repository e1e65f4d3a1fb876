import { Op, type Value } from "@singyeong/protocol";
import type { Codec, Frame } from "@singyeong/protocol/codec";
import type { Services } from "../commands/command.ts";
import type { Clock } from "../ports/clock.ts";
import type { HookError, Hooks, OwnOutcome, PassOutcome } from "../ports/hooks.ts";
import type { Client } from "../registry/client.ts";
import { composeFrame } from "./composed-frame.ts";
import type { Dispatch, Dispatching } from "./dispatching.ts";
import { toHookClient } from "./hook-client.ts";
import type { Session } from "./session.ts";
import type { Turns } from "./turns.ts";

export interface HookedDispatchOptions {
  readonly hooks: Hooks;
  readonly dispatching: Dispatching;
  readonly turns: Turns;
  readonly services: Services;
  readonly clock: Clock;
}

/**
 * Dispatching with plugins: they look at what a client sends before it is carried out, and carry out events of their own.
 * What a restricted client may not send, and what nobody knows, they never see.
 */
export function createHookedDispatch(options: HookedDispatchOptions): Dispatch {
  const { hooks, dispatching, turns, services, clock } = options;

  function refuse(client: Client, event: string, { reason, undoErrors }: HookError, nonce: Value | undefined): void {
    const info = { reason, undo_errors: undoErrors };
    services.replies.refuse(client, "plugin/failed", info, nonce, `Error processing plugin event ${event}`);
  }

  function finishOwn(client: Client, event: string, outcome: OwnOutcome, nonce: Value | undefined): void {
    if (outcome.kind === "error") return refuse(client, event, outcome, nonce);
    if (outcome.kind === "halt") return;
    for (const { t, d } of outcome.frames) {
      client.outbox.send(client.codec.encodeFrame(Op.dispatch, d, clock.now(), t));
    }
  }

  /** Carries out an event that plugins own. */
  function own(session: Session, client: Client, event: string, d: Value, nonce: Value | undefined): void {
    const outcome = hooks.own(toHookClient(client), event, d);
    if (!(outcome instanceof Promise)) return finishOwn(client, event, outcome, nonce);
    turns.wait(session, outcome, (late) => finishOwn(client, event, late, nonce));
  }

  function goOn(session: Session, client: Client, frame: Frame): void {
    if (frame.t === null || !hooks.events.has(frame.t)) return dispatching.dispatch(session, client, frame);
    own(session, client, frame.t, readData(client.codec, frame), dispatching.nonceOf(client, frame));
  }

  /** Has plugins look at a frame, and goes on with what they made of it. */
  function look(session: Session, client: Client, frame: Frame, event: string): void {
    const { codec } = client;
    const before = readData(codec, frame);
    const nonce = dispatching.nonceOf(client, frame);
    const { size } = frame;
    const outerNonce = frame.nonce === undefined ? undefined : codec.decodeExact(frame.nonce);
    const finish = (outcome: PassOutcome, isLate: boolean): void => {
      if (outcome.kind === "error") return refuse(client, event, outcome, nonce);
      if (outcome.kind === "halt") return;
      if (!isLate && outcome.d === before) return goOn(session, client, frame);
      goOn(session, client, composeFrame(codec, { t: event, d: outcome.d, nonce: outerNonce, size }));
    };
    const outcome = hooks.incoming(toHookClient(client), event, before);
    if (!(outcome instanceof Promise)) return finish(outcome, false);
    turns.wait(session, outcome, (late) => finish(late, true));
  }

  return (session, client, frame) => {
    const { t } = frame;
    const isOwn = t !== null && hooks.events.has(t);
    if (t === null || client.restricted || !(isOwn || dispatching.isKnown(client, t))) {
      return dispatching.dispatch(session, client, frame);
    }
    if (hooks.seesIncoming) look(session, client, frame, t);
    else goOn(session, client, frame);
  };
}

function readData(codec: Codec, frame: Frame): Value {
  return frame.d === undefined ? null : codec.decodeExact(frame.d);
}
