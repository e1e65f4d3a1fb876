import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/** A server as it is built and shipped, in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves with what it printed once it listens; rejects where it ends before. */
  readonly listening: Promise<string>;
  readonly exited: Promise<Exit>;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last of what it printed to standard error. */
  readonly errors: string;
}

export interface ServerOptions {
  /** Its main file. */
  readonly main: string;
  readonly dataDir: string;
  readonly port: number;
  /** By the names of flags. */
  readonly settings: Readonly<Record<string, string | number>>;
}

const maxKeptChars = 4000;

export function startServer({ main, dataDir, port, settings }: ServerOptions): ServerProcess {
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [main, ...flags], {
    cwd: dataDir,
    env: { PATH: process.env.PATH, HOST: "127.0.0.1", PORT: String(port), DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  const end = (): void => kill("SIGKILL");
  process.once("exit", end);
  let printed = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-maxKeptChars);
  });
  const exited = once(child, "close").then(([code, signal]): Exit => {
    process.off("exit", end);
    return { code, signal, errors };
  });
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-maxKeptChars);
      if (/listening on ws:/.test(printed)) resolve(printed);
    });
    void exited.then(({ code, signal }) =>
      reject(new Error(`ended with ${signal ?? code} before it listened: ${errors}`)),
    );
  });
  listening.catch(() => {});
  return { pid: child.pid!, listening, exited, kill };
}

/** A port that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
