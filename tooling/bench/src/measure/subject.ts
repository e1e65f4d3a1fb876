import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BenchOptions } from "../bench.ts";
import type { ControlMode } from "../control/mode.ts";

/** A process under measurement that listens on the loopback interface. */
export interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

const startTimeoutMs = 15_000;
const stopTimeoutMs = 15_000;

/** Starts the server as it is built and shipped. */
export function startServer({ profileDirectory }: BenchOptions): Promise<Subject> {
  const home = dirname(createRequire(import.meta.url).resolve("@singyeong/server/package.json"));
  const profiling = profileDirectory === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDirectory}`];
  // Clients of a benchmark send no heartbeats.
  const settings = ["--host", "127.0.0.1", "--port", "0", "--heartbeat-interval-ms", "600000"];
  return start("server", [...profiling, join(home, "dist/main.js"), ...settings]);
}

/** Starts a bare uWebSockets.js process that does what `mode` says. */
export function startControl(mode: ControlMode): Promise<Subject> {
  return start(`control (${mode})`, [join(import.meta.dirname, "control.js"), mode]);
}

/** Runs `work` over subjects and stops them whatever happens. */
export async function withSubjects<T extends readonly Promise<Subject>[], R>(
  starting: readonly [...T],
  work: (subjects: { [I in keyof T]: Subject }) => Promise<R>,
): Promise<R> {
  const started = await Promise.allSettled(starting);
  try {
    const subjects = await Promise.all(starting);
    return await work(subjects as { [I in keyof T]: Subject });
  } finally {
    await Promise.all(started.map((each) => (each.status === "fulfilled" ? each.value.stop() : undefined)));
  }
}

async function start(name: string, args: readonly string[]): Promise<Subject> {
  const child = spawn(process.execPath, args, {
    // Neither the caller's settings nor a settings file beside it may change what is measured.
    cwd: tmpdir(),
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const port = await listeningPort(name, child);
  child.stdout!.resume();
  return { name, pid: child.pid!, port, stop: () => stop(child) };
}

/** Both kinds of process print where they listen, as `ws://host:port…`, in one line. */
function listeningPort(name: string, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (reason: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`${name} ${reason}; it printed ${JSON.stringify(printed)}`));
    };
    const timer = setTimeout(() => fail(`does not listen after ${startTimeoutMs} ms`), startTimeoutMs);
    child.once("error", (error) => fail(error.message));
    const early = (code: number | null): void => fail(`exited with ${code}`);
    child.once("exit", early);
    child.stdout!.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const port = /ws:\/\/[^:]+:(\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.off("exit", early);
      resolve(Number(port));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  child.kill("SIGTERM");
  await once(child, "exit");
  clearTimeout(timer);
}
