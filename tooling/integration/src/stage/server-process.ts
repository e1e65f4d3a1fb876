import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { neverOutlive } from "./never-outlive.ts";

/** A server of the packed package, in a process of its own. */
export interface ServerProcess {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Sends the signal and waits for the process to end. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** Starts the server that `consumer` has installed, on a port, with its data in a folder. */
export async function startServerProcess(
  consumer: string,
  port: number,
  folder: string,
  flags: readonly string[],
): Promise<ServerProcess> {
  const entry = join(consumer, "node_modules/@singyeong/server/dist/main.js");
  const args = [
    entry,
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--log-level",
    "error",
    "--data-dir",
    folder,
    ...flags,
  ];
  const child = spawn(process.execPath, args, { env: inherited(), stdio: ["ignore", "pipe", "pipe"] });
  neverOutlive(child);
  const exited = once(child, "exit");
  const address = await readAddress(child, exited);
  return {
    address,
    async end(signal) {
      child.kill(signal);
      await exited;
    },
  };
}

/** The environment without what would configure a server. */
function inherited(): NodeJS.ProcessEnv {
  const isSetting = (name: string): boolean =>
    /^(PORT|HOST|AUTH|DATA_DIR|NODE_OPTIONS|SINGYEONG_.*|VITEST.*)$/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
}

async function readAddress(child: ChildProcess, exited: Promise<unknown>): Promise<string> {
  let complaint = "";
  child.stderr!.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-4096);
  });
  const lines = createInterface({ input: child.stdout! });
  const line = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    exited.then((): never => {
      throw new Error(`the server ended before it listened: ${complaint}`);
    }),
  ]);
  const address = /listening on ws:\/\/([^/]+)\//.exec(line)?.[1];
  if (address === undefined) throw new Error(`the server's first line names no address: ${line}`);
  return address;
}
