import type { Clock } from "../ports/clock.ts";

/** Rings when something is due; one at a time. */
export interface Alarm {
  /** Makes sure that it rings by then, in ms of the queues' time; infinite is never. */
  by(dueMs: number): void;
  /** It does not ring any more. */
  stop(): void;
}

/** Timers of operating systems go no further than some 24 days; a longer wait rings in between. */
const longestMs = 86_400_000;

/** `now` is the queues' time; `ring` is to ask for the next alarm. */
export function createAlarm(clock: Clock, now: () => number, ring: () => void): Alarm {
  let setFor = Number.POSITIVE_INFINITY;
  let callOff: (() => void) | null = null;

  return {
    by(dueMs) {
      if (dueMs >= setFor) return;
      callOff?.();
      setFor = dueMs;
      callOff = clock.after(Math.min(Math.max(0, dueMs - now()), longestMs), () => {
        setFor = Number.POSITIVE_INFINITY;
        callOff = null;
        ring();
      });
    },
    stop() {
      callOff?.();
      setFor = Number.NEGATIVE_INFINITY;
    },
  };
}
