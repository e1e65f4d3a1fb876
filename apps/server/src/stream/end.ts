import type { Timer } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import { createFlow, type Flow } from "./flow.ts";
import type { WaitingCall } from "./waiting-calls.ts";

/** One end of a stream. The two ends of a stream know each other. */
export interface End {
  readonly client: Client;
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
}

export function createEnd(client: Client, id: number, credit: number): End {
  return { client, id, peer: null, flow: createFlow(credit), hasEnded: false, deadline: null, waiting: null };
}

/** Whether this end opened the stream. */
export function isCaller(end: End): boolean {
  return end.id >= 0;
}
