import type { PluginTimers } from "@singyeong/plugin";
import type { Clock } from "../../ports/clock.ts";

/** Timers that one plugin may have at a time. */
const maxTimers = 1000;

/** The timers of one plugin, which end with it. */
export interface Timers extends PluginTimers {
  endAll(): void;
}

/** `onError` gets what a task threw or rejected with. */
export function createTimers(clock: Clock, onError: (error: unknown) => void): Timers {
  const running = new Set<() => void>();
  let isEnded = false;

  /** Registers what `begin` starts; `begin` gets how to tell that it is over, and returns how to call it off. */
  function add(begin: (over: () => void) => () => void): () => void {
    if (isEnded) return () => {};
    if (running.size >= maxTimers) throw new Error(`a plugin has at most ${maxTimers} timers`);
    const stop = (): void => {
      if (running.delete(stop)) callOff();
    };
    running.add(stop);
    const callOff = begin(() => running.delete(stop));
    return stop;
  }

  /** Runs a task; resolves when it is over, however it ended. `null` where that is at once. */
  function run(task: () => unknown): Promise<void> | null {
    try {
      const returned = task();
      return returned instanceof Promise ? returned.then(() => {}, onError) : null;
    } catch (error) {
      onError(error);
      return null;
    }
  }

  return {
    after(delayMs, task) {
      checkMs(delayMs, 0);
      return add((over) =>
        clock.after(delayMs, () => {
          over();
          void run(task);
        }),
      );
    },
    every(everyMs, task) {
      checkMs(everyMs, 1);
      return add(() => {
        let isStopped = false;
        let callOff = clock.after(everyMs, tick);
        function tick(): void {
          const running = run(task);
          if (running === null) again();
          else void running.then(again);
        }
        function again(): void {
          if (!isStopped) callOff = clock.after(everyMs, tick);
        }
        return () => {
          isStopped = true;
          callOff();
        };
      });
    },
    endAll() {
      isEnded = true;
      for (const stop of [...running]) stop();
    },
  };
}

/** The longest that timers of Node.js wait. */
const maxMs = 2_147_483_647;

function checkMs(ms: number, least: number): void {
  if (!(ms >= least && ms <= maxMs)) throw new RangeError(`a timer takes ${least} to ${maxMs} ms, not ${ms}`);
}
