import type { Platform } from "./platform.ts";

/** The longest delay that timers take, near 25 days; a longer one would be none. */
const maxDelayMs = 2 ** 31 - 1;

/** The runtime's own clock, timers and chance: web standards alone. */
export const systemPlatform: Platform = {
  elapsedMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, maxDelayMs));
    return () => clearTimeout(timer);
  },
  soon: (run) => queueMicrotask(run),
  random: () => Math.random(),
  token: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte % 32).toString(32)).join(""),
};
