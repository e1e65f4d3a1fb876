/** What Linux says about another process (proc(5)). */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/**
 * CPU time of a process, user and system, in nanoseconds: the first number of every thread's `schedstat`. Precise
 * once the process sleeps; of one that runs it may lag by a scheduler tick.
 */
export function cpuNanoseconds(pid: number): number {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    total += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
  }
  return total;
}

/** Memory of a process that is resident, in bytes. */
function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (match === null) throw new Error(`process ${pid} has no resident memory`);
  return Number(match[1]) * 1024;
}

/** How often a process is looked at, and in how many looks in a row it must not have changed. */
const pollMs = 250;
const steadyPolls = 6;

/** Waits until a process's memory stands still (within 0.1 %) and returns it; takes what is there after `maxMs`. */
export async function settledBytes(pid: number, maxMs: number): Promise<number> {
  const deadline = performance.now() + maxMs;
  let anchor = residentBytes(pid);
  for (let steady = 0; steady < steadyPolls && performance.now() < deadline; ) {
    await delay(pollMs);
    const now = residentBytes(pid);
    if (Math.abs(now - anchor) <= anchor / 1000) {
      steady++;
    } else {
      anchor = now;
      steady = 0;
    }
  }
  return residentBytes(pid);
}

/** Waits until a process has slept through `quietMs`, 5 s at most: what it does late belongs to the last round. */
export async function settleCpu(pid: number, quietMs: number): Promise<void> {
  const deadline = performance.now() + 5000;
  for (let last = cpuNanoseconds(pid); performance.now() < deadline; ) {
    await delay(quietMs);
    const now = cpuNanoseconds(pid);
    if (now - last < quietMs * 1e6 * 0.02) return;
    last = now;
  }
}
