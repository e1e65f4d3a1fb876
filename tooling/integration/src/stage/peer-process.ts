import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { neverOutlive } from "./never-outlive.ts";

/** A client in a process of its own, which can be killed. */
export interface PeerProcess {
  /** SIGKILL: resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts the program of peers, which `consumer` has compiled, and waits until it says that it is ready. */
export async function startPeerProcess(consumer: string, role: string, server: string): Promise<PeerProcess> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ["peer.js", role, server], {
    cwd: consumer,
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "pipe"],
  });
  neverOutlive(child);
  const exited = once(child, "exit");
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-4096);
  });
  const ended = exited.then((): never => {
    throw new Error(`the peer ended before it was ready: ${complaint}`);
  });
  await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  ended.catch(() => undefined);
  return {
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
