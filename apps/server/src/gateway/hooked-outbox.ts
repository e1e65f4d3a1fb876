import { Op, type Value } from "@singyeong/protocol";
import type { Codec, Raw } from "@singyeong/protocol/codec";
import { failure } from "../commands/failure.ts";
import { createFifo } from "../kernel/fifo.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hooks, PassOutcome } from "../ports/hooks.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Client } from "../registry/client.ts";
import { toHookClient } from "./hook-client.ts";

export interface HookedOutboxOptions {
  readonly hooks: Hooks;
  readonly clock: Clock;
  readonly limits: { readonly maxBacklogBytes: number };
  /** Told of a mistake of ours. */
  readonly onError: (client: Client, error: unknown) => void;
}

/** A frame that was sent, as outboxes are given it. */
interface Waiting {
  readonly frame: Raw;
  readonly mayDrop: boolean;
}

/** So many frames that waited are looked at before whoever else waits has a turn: megabytes of them may wait. */
const longestRun = 256;

const decoder = new TextDecoder();

/** An outbox before which plugins look at every dispatch. While one of them thinks, what comes later waits behind it. */
export function createHookedOutbox(client: Client, outbox: Outbox, options: HookedOutboxOptions): Outbox {
  const { hooks, clock, limits, onError } = options;
  const { codec } = client;
  const waiting = createFifo<Waiting>();
  let waitingBytes = 0;
  /** How many were looked at since others had their turn. */
  let run = 0;
  /** A plugin does, or others have their turn: what is sent waits. */
  let isThinking = false;
  let closing: { readonly code: number; readonly reason: string } | null = null;

  function pass({ frame, mayDrop }: Waiting, event: string, before: Value, outcome: PassOutcome): boolean {
    if (outcome.kind === "halt") return true;
    if (outcome.kind === "next") {
      if (outcome.d === before) return outbox.send(frame, mayDrop);
      return outbox.send(codec.encodeFrame(Op.dispatch, outcome.d, clock.now(), event), mayDrop);
    }
    const info = { reason: outcome.reason, undo_errors: outcome.undoErrors };
    const body = failure("plugin/failed", info, `Error processing plugin event ${event}`);
    return outbox.send(codec.encodeFrame(Op.invalid, body, clock.now(), null));
  }

  /** What was said of the frame before it, in its turn; then those that wait. */
  function drain(): void {
    while (!isThinking && waiting.size > 0) {
      if (run++ === longestRun) return pause();
      const next = waiting.take()!;
      waitingBytes -= next.frame.length;
      look(next);
    }
    if (!isThinking && closing !== null) outbox.close(closing.code, closing.reason);
  }

  /** Lets others have their turn. */
  function pause(): void {
    isThinking = true;
    run = 0;
    clock.after(0, () => {
      isThinking = false;
      try {
        drain();
      } catch (error) {
        onError(client, error);
      }
    });
  }

  function look(sent: Waiting): boolean {
    const { op, t, d } = readFrame(codec, sent.frame);
    if (op !== Op.dispatch || typeof t !== "string" || !hooks.seesOutgoing) {
      return outbox.send(sent.frame, sent.mayDrop);
    }
    const before = d ?? null;
    const outcome = hooks.outgoing(toHookClient(client), t, before);
    if (!(outcome instanceof Promise)) return pass(sent, t, before, outcome);
    isThinking = true;
    outcome
      .then((late) => pass(sent, t, before, late))
      .catch((error: unknown) => onError(client, error))
      .then(() => {
        isThinking = false;
        drain();
      })
      .catch((error: unknown) => onError(client, error));
    return true;
  }

  return {
    send(frame, mayDrop = false) {
      if (closing !== null) return false;
      if (!isThinking) return look({ frame, mayDrop });
      if (waitingBytes + frame.length > limits.maxBacklogBytes) return false;
      waiting.push({ frame, mayDrop });
      waitingBytes += frame.length;
      return true;
    },
    close(code, reason) {
      if (isThinking) closing ??= { code, reason };
      else outbox.close(code, reason);
    },
    backlogBytes: () => waitingBytes + outbox.backlogBytes(),
  };
}

/** A frame of ours as values. The codec's own reader is not asked: whoever sends may still be reading a frame with it. */
function readFrame(codec: Codec, frame: Raw): { readonly op?: Value; readonly t?: Value; readonly d?: Value } {
  const isText = typeof frame !== "string" && !codec.binary;
  const raw = isText ? decoder.decode(frame) : frame;
  // A frame of etf begins with its version, which its values do not have.
  const value = codec.encoding === "etf" ? (raw as Uint8Array).subarray(1) : raw;
  return codec.decodeExact(value) as { readonly [key: string]: Value };
}
