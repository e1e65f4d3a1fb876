import type { Raw } from "@singyeong/protocol/codec";
import type { Query } from "@singyeong/query";
import { ownText } from "../kernel/own-text.ts";
import type { Timer } from "../kernel/timer-wheel.ts";
import type { End } from "./end.ts";
import type { Call, CallContent, StreamMessage } from "./streams.ts";

/** A call that nobody matches yet, with what its caller has sent since. */
export interface WaitingCall {
  readonly caller: End;
  readonly call: CallContent;
  readonly query: Query;
  readonly messages: StreamMessage[];
  /** Messages that the callee may send beyond what the call says. */
  extraCredit: number;
  bytes: number;
  /** When its deadline passes, on the clock that only grows; infinite where it has none. */
  readonly deadlineAtMs: number;
  /** When it has waited long enough. */
  timer: Timer | null;
}

/** Calls that wait, in the order in which they came; bounded by number and by what they hold. */
export interface WaitingCalls extends Iterable<WaitingCall> {
  readonly size: number;
  /** The bound that a call of so many bytes would go beyond; `null` where it fits. */
  refuse(bytes: number): WaitingBound | null;
  add(waiting: WaitingCall): void;
  /** Keeps what a caller sends; else the bound that it would go beyond. */
  keep(waiting: WaitingCall, message: StreamMessage, bytes: number): WaitingBound | null;
  remove(waiting: WaitingCall): void;
}

/** What a bound is of, and how much it allows. */
export interface WaitingBound {
  readonly limit: "waiting" | "waiting_bytes";
  readonly max: number;
}

/** Memory that waiting calls may take together, by the bytes of their frames. */
const maxWaitingBytes = 16 * 1024 * 1024;

export function createWaitingCalls(maxCalls: number): WaitingCalls {
  const calls = new Set<WaitingCall>();
  let bytesKept = 0;

  function refuseBytes(bytes: number): WaitingBound | null {
    return bytesKept + bytes > maxWaitingBytes ? { limit: "waiting_bytes", max: maxWaitingBytes } : null;
  }

  return {
    get size() {
      return calls.size;
    },
    [Symbol.iterator]: () => calls.values(),
    refuse: (bytes) => (calls.size >= maxCalls ? { limit: "waiting", max: maxCalls } : refuseBytes(bytes)),
    add(waiting) {
      calls.add(waiting);
      bytesKept += waiting.bytes;
    },
    keep(waiting, message, bytes) {
      const bound = refuseBytes(bytes);
      if (bound !== null) return bound;
      waiting.messages.push(ownMessage(message));
      waiting.bytes += bytes;
      bytesKept += bytes;
      return null;
    },
    remove(waiting) {
      if (calls.delete(waiting)) bytesKept -= waiting.bytes;
    },
  };
}

/** A call that no longer borrows from the frame that it came in. */
export function ownCall({ to: _, ...call }: Call): CallContent {
  return { ...call, ...ownMessage(call), method: own(call.method)!, payloadCodec: own(call.payloadCodec) };
}

function ownMessage({ codec, payload, headers, end }: StreamMessage): StreamMessage {
  return { codec, payload: own(payload), headers: own(headers), end };
}

function own(raw: Raw | undefined): Raw | undefined {
  if (raw === undefined) return undefined;
  return typeof raw === "string" ? ownText(raw) : Uint8Array.from(raw);
}
