import type { Clock } from "../../ports/clock.ts";

/** A clock that stands still until it is told to move. */
export interface SteppedClock extends Clock {
  /** Moves time on, running what falls due on the way, in order, each at its own time. */
  advance(ms: number): void;
}

interface Alarm {
  readonly atMs: number;
  readonly task: () => void;
}

/** Makes a stepped clock that shows `startMs`. */
export function createSteppedClock(startMs = 1_700_000_000_000): SteppedClock {
  let nowMs = startMs;
  const alarms = new Set<Alarm>();

  function nextDue(untilMs: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of alarms) {
      if (alarm.atMs <= untilMs && (next === undefined || alarm.atMs < next.atMs)) next = alarm;
    }
    return next;
  }

  return {
    now: () => nowMs,
    elapsed: () => nowMs,
    after(delayMs, task) {
      const alarm = { atMs: nowMs + Math.max(0, delayMs), task };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let alarm = nextDue(untilMs); alarm !== undefined; alarm = nextDue(untilMs)) {
        alarms.delete(alarm);
        nowMs = Math.max(nowMs, alarm.atMs);
        alarm.task();
      }
      nowMs = untilMs;
    },
  };
}
