import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A process of its own that works with queues. */
export interface Child {
  /** The next line that it writes; `null` once it has ended. */
  line(): Promise<string | null>;
  /** Ends it by `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
  /** How it ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  [Symbol.asyncDispose](): Promise<void>;
}

const store = new URL("./queue-lmdb.ts", import.meta.url).href;

/**
 * Runs `code`, in which `folder`, `createLmdbQueueStore` and `say` (which writes a line) are known. `wrap` is a shell
 * command that ends with running its arguments.
 */
export function runChild(folder: string, code: string, wrap = 'exec "$@"'): Child {
  const program = `
    import { createLmdbQueueStore } from ${JSON.stringify(store)};
    const folder = ${JSON.stringify(folder)};
    const say = (text) => process.stdout.write(text + "\\n");
    ${code}`;
  const command = [process.execPath, "--no-warnings", "--input-type=module", "--eval", program];
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn("sh", ["-c", wrap, "sh", ...command], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, "close").then(([code, signal]) => {
    if (code !== 0 && signal === null) throw new Error(`the child exited with ${code}: ${complaints}`);
    return (signal ?? code) as number | string;
  });
  ended.catch(() => undefined);
  async function kill(): Promise<void> {
    child.kill("SIGKILL");
    await ended.catch(() => undefined);
  }
  return {
    ended,
    kill,
    async line() {
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    [Symbol.asyncDispose]: kill,
  };
}

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "singyeong-queues-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
