import type { ErrorCode, Value } from "@singyeong/protocol";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Client } from "../registry/client.ts";
import type { EndTable } from "./client-ends.ts";
import { type End, isCaller } from "./end.ts";
import { encodeOwnAbort } from "./frames.ts";
import type { StreamMetrics } from "./stream-metrics.ts";
import { tellOwnAbort } from "./telling.ts";
import type { WaitingCall, WaitingCalls } from "./waiting-calls.ts";

/** How streams come to their end. */
export interface Closing {
  /** Forgets both ends of a stream, and tells neither. `code` is why, for who looks on. @default both have ended it */
  close(end: End, code?: string | null): void;
  /** Ends a stream for both: the server's decision. */
  abortBoth(end: End, code: ErrorCode, data?: Value): void;
  /** Tells one end that its stream is no more. */
  tell(end: End, code: ErrorCode): void;
  /** Tells a caller that a call of that id never became a stream. */
  refuse(caller: Client, id: number, code: ErrorCode, data: Value): void;
  /** A call waits no longer. */
  stopWaiting(waiting: WaitingCall): void;
}

export interface ClosingOptions {
  readonly ends: EndTable;
  readonly waitingCalls: WaitingCalls;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly metrics: StreamMetrics;
}

export function createClosing({ ends, waitingCalls, wheel, clock, metrics }: ClosingOptions): Closing {
  function stopWaiting(waiting: WaitingCall): void {
    waitingCalls.remove(waiting);
    waiting.caller.waiting = null;
    if (waiting.timer !== null) wheel.cancel(waiting.timer);
  }

  function close(end: End, code: string | null = null): void {
    const caller = isCaller(end) || end.peer === null ? end : end.peer;
    if (caller.deadline !== null) wheel.cancel(caller.deadline);
    if (caller.waiting !== null) stopWaiting(caller.waiting);
    ends.remove(end);
    if (end.peer !== null) ends.remove(end.peer);
    const { watch } = caller;
    if (watch === null) return;
    caller.watch = null;
    watch.ended(code);
  }

  return {
    close,
    stopWaiting,
    abortBoth(end, code, data = null) {
      const { peer } = end;
      metrics.aborted(code);
      close(end, code);
      tellOwnAbort(end, code, peer !== null, data, clock.now());
      if (peer !== null) tellOwnAbort(peer, code, true, data, clock.now());
    },
    tell(end, code) {
      metrics.aborted(code);
      tellOwnAbort(end, code, true, null, clock.now());
    },
    refuse({ codec, outbox }, id, code, data) {
      metrics.aborted(code);
      outbox.send(encodeOwnAbort(codec, id, code, false, data, clock.now()));
    },
  };
}
