import type { CancelTimer, Platform } from "./platform.ts";

/** A platform whose time stands still until a test steps it, and whose chance is a sequence. */
export interface SteppedPlatform extends Platform {
  /** Lets time pass; timers that fall due run in order, those that they set as well. */
  step(ms: number): void;
  /** Timers that have neither run nor been taken back. */
  readonly timers: number;
}

export function createSteppedPlatform(random: () => number = () => 0.5): SteppedPlatform {
  let nowMs = 0;
  let tokens = 0;
  const timers = new Set<{ readonly dueMs: number; readonly run: () => void }>();
  return {
    elapsedMs: () => nowMs,
    after(delayMs, run): CancelTimer {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    soon: queueMicrotask,
    random,
    token: () => `token${tokens++}`,
    step(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.dueMs);
        next.run();
      }
      nowMs = endMs;
    },
    get timers() {
      return timers.size;
    },
  };
}
