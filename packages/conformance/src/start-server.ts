import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../../apps/server/dist/main.js", import.meta.url));

/** The server's two implementations of its listener port. */
export const listeners = ["uws", "node"] as const;
export type ListenerName = (typeof listeners)[number];

export interface ServerOptions {
  readonly listener: ListenerName;
  /** Flags as on the command line: `["--auth", "s3cret"]`. Queues are in memory unless they name a `--data-dir`. */
  readonly flags?: readonly string[];
  /** Environment beside the caller's own, of which nothing that configures a server is passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a client has to know of a server. */
export interface Reachable {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly httpUrl: string;
}

/** A server in a process of its own, on a port of its own of the loopback interface. */
export interface RunningServer extends Reachable {
  readonly pid: number;
  /** `ws://127.0.0.1:port/gateway/websocket` */
  readonly socketUrl: string;
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the built server and waits for the line that names its port. Rejects with its complaint where it gives up. */
export async function startServer({ listener, flags = [], env = {} }: ServerOptions): Promise<RunningServer> {
  const queues = flags.includes("--data-dir") ? [] : ["--queue-store", "memory"];
  const place = ["--port", "0", "--host", "127.0.0.1", "--listener", listener];
  const args = [entry, ...place, "--log-level", "error", ...queues, ...flags];
  const child = spawn(process.execPath, args, { env: { ...inherited(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit").then(([code, signal]): Exit => ({ code, signal }));
  const port = await readPort(child, exited);
  return {
    port,
    pid: child.pid!,
    httpUrl: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/gateway/websocket`,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function inherited(): NodeJS.ProcessEnv {
  const isSetting = (name: string): boolean =>
    /^(PORT|HOST|AUTH|DATA_DIR|NODE_OPTIONS|SINGYEONG_.*|VITEST.*)$/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
}

function readPort(child: ChildProcess, exited: Promise<Exit>): Promise<number> {
  let complaint = "";
  child.stderr!.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-4096);
  });
  return Promise.race([
    announcedPort(createInterface({ input: child.stdout! })),
    exited.then(({ code }): never => {
      throw new Error(`the server exited with ${code} before it listened: ${complaint}`);
    }),
  ]);
}

/** The port in the line that tells where the server listens; what it says of its queues comes before it. */
function announcedPort(lines: Interface): Promise<number> {
  return new Promise((resolve) => {
    lines.on("line", (line) => {
      const port = /listening on ws:\/\/127\.0\.0\.1:(\d+)\/gateway\/websocket$/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
