import { createFifo } from "../kernel/fifo.ts";
import type { Clock } from "../ports/clock.ts";
import type { HeldFrames, Session } from "./session.ts";

/**
 * Keeps the frames of a connection in order where one of them cannot be handled at once, since a token is being checked
 * or a plugin thinks: those behind it wait.
 */
export interface Turns {
  /** Puts a frame behind those that wait; false where there are none, and it may be handled at once. */
  hold(session: Session, bytes: Uint8Array, isBinary: boolean): boolean;
  /** Handles what waits once `task` is done; `next` is called with its outcome before. A rejection is a mistake of ours. */
  wait<T>(session: Session, task: Promise<T>, next: (outcome: T) => void): void;
}

export interface TurnsOptions {
  /** Handles a frame that has waited. */
  readonly handle: (session: Session, bytes: Uint8Array, isBinary: boolean) => void;
  /** More waits than may: the connection has to end. */
  readonly overflow: (session: Session) => void;
  readonly fail: (session: Session, error: unknown) => void;
  /** Bytes of frames that may wait for one client. */
  readonly maxHeldBytes: number;
  readonly clock: Clock;
}

/** What a frame that waits costs beside its bytes. */
const overheadBytes = 128;
/** Of a connection that nobody knows yet so many bytes may wait at most: anybody can open many. */
const maxUnknownBytes = 65_536;
/** So many frames of one connection are handled before whoever else waits has a turn: megabytes of them may have been held. */
const longestRun = 256;

export function createTurns({ handle, overflow, fail, maxHeldBytes, clock }: TurnsOptions): Turns {
  /** Handles held frames until one of them has to wait itself, others are to have their turn, or all are done with. */
  function release(session: Session, held: HeldFrames): void {
    held.isWaiting = false;
    while (held.frames.size > 0 && !held.isWaiting && isOpen(session)) {
      if (held.run++ === longestRun) return pause(session, held);
      const { bytes, isBinary } = held.frames.take()!;
      held.bytes -= bytes.length + overheadBytes;
      handle(session, bytes, isBinary);
    }
    if (!held.isWaiting) session.held = null;
  }

  /** Lets others have their turn. */
  function pause(session: Session, held: HeldFrames): void {
    held.isWaiting = true;
    held.run = 0;
    clock.after(0, () => {
      try {
        release(session, held);
      } catch (error) {
        fail(session, error);
      }
    });
  }

  return {
    hold(session, bytes, isBinary) {
      const { held } = session;
      if (held === null) return false;
      held.bytes += bytes.length + overheadBytes;
      const most = session.client === null ? Math.min(maxHeldBytes, maxUnknownBytes) : maxHeldBytes;
      if (held.bytes > most) overflow(session);
      else held.frames.push({ bytes: new Uint8Array(bytes), isBinary });
      return true;
    },
    wait(session, task, next) {
      const held = session.held ?? { frames: createFifo(), bytes: 0, isWaiting: true, run: 0 };
      held.isWaiting = true;
      session.held = held;
      task
        .then((outcome) => {
          if (isOpen(session)) next(outcome);
        })
        .catch((error: unknown) => fail(session, error))
        .then(() => release(session, held))
        .catch((error: unknown) => fail(session, error));
    },
  };
}

function isOpen({ state }: Session): boolean {
  return state !== "closing" && state !== "closed";
}
