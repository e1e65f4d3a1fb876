import type { ErrorCode, Value } from "@singyeong/protocol";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Client } from "../registry/client.ts";
import type { EndTable } from "./client-ends.ts";
import { type End, isCaller } from "./end.ts";
import { encodeOwnAbort } from "./frames.ts";
import type { StreamMetrics } from "./stream-metrics.ts";
import type { WaitingCall, WaitingCalls } from "./waiting-calls.ts";

/** How streams come to their end. */
export interface Closing {
  /** Forgets both ends of a stream, and tells nobody. */
  close(end: End): void;
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

  function close(end: End): void {
    const caller = isCaller(end) || end.peer === null ? end : end.peer;
    if (caller.deadline !== null) wheel.cancel(caller.deadline);
    if (caller.waiting !== null) stopWaiting(caller.waiting);
    ends.remove(end);
    if (end.peer !== null) ends.remove(end.peer);
  }

  function write({ codec, outbox }: Client, id: number, code: ErrorCode, delivered: boolean, data: Value): void {
    outbox.send(encodeOwnAbort(codec, id, code, delivered, data, clock.now()));
  }

  return {
    close,
    stopWaiting,
    abortBoth(end, code, data = null) {
      const { peer } = end;
      metrics.aborted(code);
      close(end);
      write(end.client, end.id, code, peer !== null, data);
      if (peer !== null) write(peer.client, peer.id, code, true, data);
    },
    tell(end, code) {
      metrics.aborted(code);
      write(end.client, end.id, code, true, null);
    },
    refuse(caller, id, code, data) {
      metrics.aborted(code);
      write(caller, id, code, false, data);
    },
  };
}
