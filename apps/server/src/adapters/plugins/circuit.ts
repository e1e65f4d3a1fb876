import type { Clock } from "../../ports/clock.ts";

/** A hook that was late this often in a row takes its plugin out of traffic … */
const maxLateInARow = 5;
/** … for this long. Then it may try, and is out again as soon as it is late once. */
const outMs = 30_000;

/** Whether a plugin is in traffic. */
export interface Circuit {
  isOut(): boolean;
  /** A hook was in time. */
  inTime(hook: string): void;
  /** A hook was late; `true` where the plugin is out from now on. */
  late(hook: string): boolean;
}

export function createCircuit(clock: Clock): Circuit {
  const lateInARow = new Map<string, number>();
  let outUntilMs = Number.NEGATIVE_INFINITY;
  return {
    isOut: () => clock.elapsed() < outUntilMs,
    inTime(hook) {
      if (lateInARow.size > 0) lateInARow.delete(hook);
    },
    late(hook) {
      const count = Math.min((lateInARow.get(hook) ?? 0) + 1, maxLateInARow);
      lateInARow.set(hook, count);
      if (count < maxLateInARow || clock.elapsed() < outUntilMs) return false;
      outUntilMs = clock.elapsed() + outMs;
      return true;
    },
  };
}
