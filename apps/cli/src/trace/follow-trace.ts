import { setTimeout as sleep } from "node:timers/promises";
import { readTrace, type Trace } from "./hop.ts";

export interface FollowOptions {
  /** Asks the server what it saw. */
  readonly look: () => Promise<unknown>;
  /** How long nothing new may come until a trace whose hops have all ended is taken for complete, in milliseconds. */
  readonly quietMs: number;
  /** The same for one with hops that go on. */
  readonly patienceMs: number;
  /** Ends it with what was seen so far. */
  readonly signal: AbortSignal;
}

/** How often the server is asked, in milliseconds. */
const pollMs = 50;

/** Follows a trace until nothing more comes. */
export async function followTrace({ look, quietMs, patienceMs, signal }: FollowOptions): Promise<Trace> {
  let seen = "";
  let changedMs = performance.now();
  for (;;) {
    const trace = readTrace(await look());
    const now = JSON.stringify(trace.hops);
    if (now !== seen) {
      seen = now;
      changedMs = performance.now();
    }
    const isOpen = trace.hops.length === 0 || trace.hops.some(({ durationMs }) => durationMs === null);
    if (signal.aborted || performance.now() - changedMs >= (isOpen ? patienceMs : quietMs)) return trace;
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}
