import type { Timer } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import { createFlow, type Flow } from "./flow.ts";
import type { StreamSink } from "./sink.ts";
import type { CallWatch } from "./streams.ts";
import type { WaitingCall } from "./waiting-calls.ts";

/** One end of a stream. The two ends of a stream know each other. */
export interface End {
  readonly client: Client;
  /** Whoever inside the server is at this end; `null` where the client is. */
  readonly sink: StreamSink | null;
  /** Its name on the client's connection: negative at the callee ([ST-1]). */
  readonly id: number;
  /** `null` while the call waits for somebody to take it. */
  peer: End | null;
  /** What this end may send. */
  readonly flow: Flow;
  /** Nothing follows from this end. */
  hasEnded: boolean;
  /** At the caller's end: when the deadline has passed. */
  deadline: Timer | null;
  /** At the caller's end, while the call waits. */
  waiting: WaitingCall | null;
  /** At the caller's end, where somebody looks on. */
  watch: CallWatch | null;
}

export function createEnd(
  client: Client,
  id: number,
  credit: number,
  sink: StreamSink | null = null,
  watch: CallWatch | null = null,
): End {
  const flow = createFlow(credit);
  return { client, sink, id, peer: null, flow, hasEnded: false, deadline: null, waiting: null, watch };
}

/** Whether somebody looks on. */
export function isWatched(end: End): boolean {
  return end.watch !== null || (end.peer !== null && end.peer.watch !== null);
}

/** Whether this end opened the stream. */
export function isCaller(end: End): boolean {
  return end.id >= 0;
}
