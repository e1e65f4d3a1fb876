import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The program as it is built and shipped. */
export const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** How a run went. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningSg {
  /** The next line of standard output; `undefined` behind the last one. */
  line(): Promise<string | undefined>;
  /** All lines that are yet to come. */
  rest(): Promise<readonly string[]>;
  /** Resolves when standard error holds the text. */
  said(text: string): Promise<void>;
  readonly stderr: string;
  readonly child: ChildProcess;
  /** Sends Ctrl-C, and resolves with the exit code. */
  interrupt(): Promise<number | null>;
  readonly ended: Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A place to run `sg` in: with a home of its own, which is also the folder it is run in, and nothing of the caller's settings. */
export interface Sg {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  run(
    args: readonly string[],
    options?: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<Ran>;
  start(args: readonly string[], stdin?: "ignore" | "pipe"): RunningSg;
  [Symbol.dispose](): void;
}

/** `server` is what SINGYEONG_SERVER says. */
export function createSg(server?: string): Sg {
  const home = mkdtempSync(join(tmpdir(), "sg-home-"));
  const base = { PATH: process.env.PATH ?? "", HOME: home, XDG_CONFIG_HOME: join(home, "config"), TZ: "UTC" };
  const env = server === undefined ? base : { ...base, SINGYEONG_SERVER: server };
  return {
    home,
    env,
    async run(args, { stdin, env: more = {} } = {}) {
      const child = spawn(process.execPath, [program, ...args], {
        env: { ...env, ...more },
        cwd: home,
        stdio: "pipe",
      });
      // Whoever reads no standard input may be gone before it is written.
      child.stdin.on("error", () => {});
      child.stdin.end(stdin ?? "");
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      return { code, stdout, stderr };
    },
    start: (args, stdin = "ignore") => startSg(args, { env, cwd: home, stdio: [stdin, "pipe", "pipe"] }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

function startSg(args: readonly string[], options: SpawnOptions): RunningSg {
  const child = spawn(process.execPath, [program, ...args], options);
  const ended = once(child, "close").then(([code]): number | null => code);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  let stderr = "";
  child.stderr!.on("data", (chunk) => {
    stderr += chunk;
  });
  return {
    child,
    ended,
    get stderr() {
      return stderr;
    },
    async line() {
      const { value, done } = await lines.next();
      return done ? undefined : value;
    },
    async rest() {
      const all: string[] = [];
      for (let next = await lines.next(); !next.done; next = await lines.next()) all.push(next.value);
      return all;
    },
    async said(text) {
      while (!stderr.includes(text)) await once(child.stderr!, "data");
    },
    interrupt() {
      child.kill("SIGINT");
      return ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
