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
  /** Bytes of frames that may wait for one connection. */
  readonly maxHeldBytes: number;
}

/** What a frame that waits costs beside its bytes. */
const overheadBytes = 128;

export function createTurns({ handle, overflow, fail, maxHeldBytes }: TurnsOptions): Turns {
  /** Handles held frames until one of them has to wait itself, or all are done with. */
  function release(session: Session, held: HeldFrames): void {
    held.isWaiting = false;
    let done = 0;
    while (done < held.frames.length && !held.isWaiting && isOpen(session)) {
      const { bytes, isBinary } = held.frames[done++]!;
      held.bytes -= bytes.length + overheadBytes;
      handle(session, bytes, isBinary);
    }
    held.frames.splice(0, done);
    if (!held.isWaiting) session.held = null;
  }

  return {
    hold(session, bytes, isBinary) {
      const { held } = session;
      if (held === null) return false;
      held.bytes += bytes.length + overheadBytes;
      if (held.bytes > maxHeldBytes) overflow(session);
      else held.frames.push({ bytes: new Uint8Array(bytes), isBinary });
      return true;
    },
    wait(session, task, next) {
      const held = session.held ?? { frames: [], bytes: 0, isWaiting: true };
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
