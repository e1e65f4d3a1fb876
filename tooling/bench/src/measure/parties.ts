import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { PartyKind, Report, Task } from "../parties/party.ts";
import { cpuNanoseconds, settleCpu } from "./proc.ts";
import type { Subject } from "./subject.ts";

/** What a task came to. */
export interface PartyRound extends Report {
  /** CPU time of the server and of both clients' processes, user and system. */
  readonly cpuSeconds: number;
}

/** A caller and a callee, a process each, behind a server. */
export interface Parties extends AsyncDisposable {
  run(task: Task): Promise<PartyRound>;
}

/** Starts the callee, then the caller. */
export async function startParties(kind: PartyKind, server: Subject): Promise<Parties> {
  const callee = await startParty(kind, "callee", server.port);
  const caller = await startParty(kind, "caller", server.port).catch(async (error: unknown) => {
    await stopParty(callee);
    throw error;
  });
  const pids = [server.pid, callee.pid!, caller.pid!];
  const settle = async (): Promise<number> => {
    for (const pid of pids) await settleCpu(pid, 20);
    return pids.reduce((sum, pid) => sum + cpuNanoseconds(pid), 0);
  };
  return {
    async run(task) {
      const before = await settle();
      caller.send(task);
      const report = (await nextMessage(caller)) as Report;
      return { ...report, cpuSeconds: ((await settle()) - before) / 1e9 };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([caller, callee].map(stopParty));
    },
  };
}

async function startParty(kind: PartyKind, role: "caller" | "callee", port: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "parties.js"), [kind, role, String(port)]);
  await nextMessage(child);
  return child;
}

/** @throws where the process ends without saying anything */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const fail = (): void => ended.abort(new Error("a process of clients has ended"));
  child.once("exit", fail);
  try {
    return (await once(child, "message", { signal: ended.signal }))[0];
  } finally {
    child.off("exit", fail);
  }
}

async function stopParty(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
}
