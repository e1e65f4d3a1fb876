import type { Clock } from "../ports/clock.ts";

/** One pending task. It runs at most once; `cancel` after that does nothing. */
export interface Timer {
  /** The slot of the wheel's time that it falls into. */
  readonly tick: number;
  task: (() => void) | null;
}

/**
 * Many coarse timers over one clock timer: scheduling and cancelling cost the same however many there are.
 * A hashed timing wheel (Varghese and Lauck, 1987), one revolution being `slots × tickMs`.
 */
export interface TimerWheel {
  /** Runs `task` no earlier than `delayMs` from now and about one `tickMs` later at most. */
  schedule(delayMs: number, task: () => void): Timer;
  cancel(timer: Timer): void;
  /** Timers that still wait. */
  readonly size: number;
}

export interface TimerWheelOptions {
  readonly clock: Clock;
  /** Told of a task that threw; the others run all the same. */
  readonly onError: (error: unknown) => void;
  /** @default 50 */
  readonly tickMs?: number;
  /** @default 1024 */
  readonly slots?: number;
}

/** Creates a wheel. It holds a clock timer only while something is scheduled. */
export function createTimerWheel({ clock, onError, tickMs = 50, slots = 1024 }: TimerWheelOptions): TimerWheel {
  const wheel: Set<Timer>[] = Array.from({ length: slots }, () => new Set());
  let done = tickOf(clock.elapsed());
  let size = 0;
  let ticking = false;

  function tickOf(ms: number): number {
    return Math.floor(ms / tickMs);
  }

  function advance(): void {
    ticking = false;
    const now = tickOf(clock.elapsed());
    const rounds = Math.min(now - done, slots);
    for (let i = 0; i < rounds; i++) runDue(wheel[(now - rounds + 1 + i) % slots]!, now);
    done = Math.max(done, now);
    arm();
  }

  function runDue(slot: Set<Timer>, now: number): void {
    const due: Timer[] = [];
    for (const timer of slot) if (timer.tick <= now) due.push(timer);
    for (const timer of due) {
      slot.delete(timer);
      const task = timer.task;
      if (task === null) continue;
      timer.task = null;
      size--;
      try {
        task();
      } catch (error) {
        onError(error);
      }
    }
  }

  function arm(): void {
    if (ticking || size === 0) return;
    ticking = true;
    clock.after(tickMs, advance);
  }

  return {
    schedule(delayMs, task) {
      if (size === 0) done = Math.max(done, tickOf(clock.elapsed()));
      const tick = Math.max(tickOf(clock.elapsed() + delayMs) + 1, done + 1);
      const timer: Timer = { tick, task };
      wheel[tick % slots]!.add(timer);
      size++;
      arm();
      return timer;
    },
    cancel(timer) {
      if (timer.task === null) return;
      timer.task = null;
      size--;
      wheel[timer.tick % slots]!.delete(timer);
    },
    get size() {
      return size;
    },
  };
}
