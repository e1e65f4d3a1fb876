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

/** Memory of a process, in bytes. */
export interface Memory {
  /** All that is resident. */
  readonly residentBytes: number;
  /** The part of it that no file stands behind. */
  readonly anonymousBytes: number;
}

function readMemory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const read = (field: string): number => {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status);
    if (match === null) throw new Error(`process ${pid} has no resident memory`);
    return Number(match[1]) * 1024;
  };
  return { residentBytes: read("VmRSS"), anonymousBytes: read("RssAnon") };
}

/** How often a process is looked at, and in how many looks in a row it must not have changed. */
const pollMs = 250;
const steadyPolls = 6;

/** Waits until a process's memory stands still (within 0.1 %) and returns it; takes what is there after `maxMs`. */
export async function settledMemory(pid: number, maxMs: number): Promise<Memory> {
  const deadline = performance.now() + maxMs;
  let anchor = readMemory(pid).residentBytes;
  for (let steady = 0; steady < steadyPolls && performance.now() < deadline; ) {
    await delay(pollMs);
    const now = readMemory(pid).residentBytes;
    if (Math.abs(now - anchor) <= anchor / 1000) {
      steady++;
    } else {
      anchor = now;
      steady = 0;
    }
  }
  return readMemory(pid);
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
