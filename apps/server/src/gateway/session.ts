import type { Codec } from "@singyeong/protocol/codec";
import type { Fifo } from "../kernel/fifo.ts";
import type { Timer } from "../kernel/timer-wheel.ts";
import type { Meter } from "../limits/rate-limits.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Client } from "../registry/client.ts";
import type { ResumableSession } from "../resume/resumable-session.ts";

/**
 * Where a connection stands.
 *
 * - `greeted`: hello is out, identify must come;
 * - `ready`: identified, `client` is set and registered;
 * - `leaving`: goodbye is out, the client is no candidate any more but its frames are still handled;
 * - `closing`: a fatal mistake was answered, the rest is ignored;
 * - `closed`: the socket is gone.
 */
export type SessionState = "greeted" | "ready" | "leaving" | "closing" | "closed";

/** Frames that came while an earlier one of their connection was not done with, copied, in their order. */
export interface HeldFrames {
  readonly frames: Fifo<{ readonly bytes: Uint8Array; readonly isBinary: boolean }>;
  /** Of all of them. */
  bytes: number;
  /** Whether the earlier one is still not done with, or others have their turn. */
  isWaiting: boolean;
  /** How many were handled since others had their turn. */
  run: number;
}

/** One connection; what outlives it is a resumable session. A plain record, because there are many. */
export interface Session {
  /** Its number, in the order of connections: for logs. */
  readonly id: number;
  readonly codec: Codec;
  /** For frames that are the connection's own: what its client counts goes to the client's outbox. */
  readonly outbox: Outbox;
  /** The peer's address. */
  readonly peer: string;
  /** True where that is a proxy which is not trusted: nobody knows who is behind it. */
  readonly isRelayed: boolean;
  state: SessionState;
  /** Set from `ready` on, until it goes on over another connection. */
  client: Client | null;
  /** Of a client that may resume. */
  resumable: ResumableSession | null;
  /** When it last heartbeat, by the clock that only grows; identifying counts. */
  beatAtMs: number;
  /** The one deadline that runs: to identify, to heartbeat, or to close. */
  timer: Timer | null;
  /** When what it was let in with ends. */
  expiry: Timer | null;
  /** Frames that wait, while something is decided about an earlier one. */
  held: HeldFrames | null;
  /** What it has used up of the rates that are bounded. */
  meter: Meter | null;
}

/** The address at which a connection's client may be reached for its own word ([PX-11]); empty where that is not known. */
export function ownAddressOf({ peer, isRelayed }: Session): string {
  return isRelayed ? "" : peer;
}
