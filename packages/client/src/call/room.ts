import type { Core } from "../messaging/core.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Link } from "../session/link.ts";

/** Whether a connection takes more messages of streams. What belongs to a call's beginning or end does not ask. */
export interface Room {
  has(link: Link): boolean;
  /** Tells somebody once there may be room. Asking again is harmless. */
  wait(waiter: Waiter): void;
}

export interface Waiter {
  room(): void;
}

/** Bytes in a socket past which streams wait, and how often the socket is then looked at, in milliseconds. */
const highWaterBytes = 1024 * 1024;
const pollMs = 5;

export function createRoom({ platform, session, hub }: Pick<Core, "platform" | "session" | "hub">): Room {
  let waiting = new Set<Waiter>();
  let cancelPoll: CancelTimer | null = null;

  const isBroken = (link: Link): boolean => session.link === null && link === session.lasting;

  function look(): void {
    cancelPoll?.();
    cancelPoll = null;
    const due = waiting;
    waiting = new Set();
    for (const waiter of due) waiter.room();
  }

  hub.on("connected", look);
  hub.on("closed", () => {
    waiting.clear();
    cancelPoll?.();
  });

  return {
    has: (link) => !isBroken(link) && link.bufferedBytes < highWaterBytes,
    wait(waiter) {
      waiting.add(waiter);
      // What is broken is waited for until it is resumed.
      if (session.link !== null) cancelPoll ??= platform.after(pollMs, look);
    },
  };
}
