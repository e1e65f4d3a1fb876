import { receivedEveryBytes, receivedEveryFrames } from "@singyeong/protocol";
import type { Timer } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import type { ResumableOutbox } from "./resumable-outbox.ts";

/** The capability by which clients ask for a session that outlives its connection. */
export const resumeCap = "resume";

/** The session of one client, over all its connections ([RS-1]). A plain record, because there are many. */
export interface ResumableSession {
  /** What only its client knows. */
  readonly token: string;
  readonly client: Client;
  readonly outbox: ResumableOutbox;
  /** Dispatches of the client that have been taken, and how many of them it has been told of. */
  received: number;
  told: number;
  /** Bytes of those that it has not been told of. */
  untoldBytes: number;
  /** Runs while the client is away. */
  grace: Timer | null;
  isOver: boolean;
}

/** Counts a dispatch of the client, of so many bytes, as taken; true where it is time to tell ([RS-5]). */
export function countDispatch(session: ResumableSession, bytes: number): boolean {
  session.received++;
  session.untoldBytes += bytes;
  return session.received - session.told >= receivedEveryFrames || session.untoldBytes >= receivedEveryBytes;
}

/** The client is being told of all that has been taken; returns how many that are. */
export function tellReceived(session: ResumableSession): number {
  session.told = session.received;
  session.untoldBytes = 0;
  return session.received;
}
