import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { neverOutlive } from "../stage/never-outlive.ts";

/** A snippet under way. */
export interface Running {
  /** Resolves with all it printed, once it has ended with `code`; rejects where it ended in another way, or hung. */
  finish(code: number): Promise<string>;
  /** Resolves once it has printed something; rejects where it ended before. */
  ready(): Promise<void>;
  /** Ends it; rejects where it had ended by itself. */
  stop(): Promise<void>;
}

/** Whoever takes longer, in milliseconds, hangs. */
const patienceMs = 20_000;

export function start(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running {
  // A group of its own: a shell's children go with it.
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  neverOutlive(child);
  const exited = once(child, "close") as Promise<[number | null, string | null]>;
  let output = "";
  const printed = new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (chunk) => {
        output += chunk;
        resolve();
      });
    }
  });
  const complain = (what: string): Error => new Error(`${what}:\n${output}`);

  return {
    async finish(expected) {
      const hung = setTimeout(() => endGroup(child), patienceMs);
      const [code, signal] = await exited;
      clearTimeout(hung);
      if (code !== expected) throw complain(`ended with ${signal ?? code}, not ${expected}`);
      return output;
    },
    async ready() {
      const hung = setTimeout(() => endGroup(child), patienceMs);
      const isReady = await Promise.race([printed.then(() => true), exited.then(() => false)]);
      clearTimeout(hung);
      if (!isReady) throw complain("ended before it printed anything");
    },
    async stop() {
      const hadEnded = child.exitCode !== null;
      endGroup(child);
      await exited;
      if (hadEnded) throw complain(`was to stay, and ended with ${child.exitCode}`);
    },
  };
}

function endGroup(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
}
