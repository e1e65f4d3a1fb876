import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../failure.ts";
import { readLines } from "../input/lines.ts";
import type { Session } from "../session.ts";

/** How a command ended: with an exit code, or by a signal. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

type Variables = Readonly<Record<string, string>>;

/** Runs one command again and again. `env` is what it finds beside our own variables. */
export interface CommandRunner {
  /** Resolves when it has ended. What it prints goes where ours goes. @throws the system's error where there is no shell */
  run(input: string, env: Variables): Promise<CommandEnd>;
  /**
   * Gives it what it reads as it reads, and yields the lines that it prints. It is ended where the loop is left, and by the signal.
   * @throws Failure `cli/command-failed` where it ends otherwise than with 0
   */
  filter(input: AsyncIterable<string>, env: Variables, signal: AbortSignal): AsyncGenerator<string, void>;
  /** No more is run, and what still runs is ended. */
  close(): void;
}

/** Whether commands get a process group of their own, which Ctrl-C in the terminal does not reach. */
const ownGroup = process.platform !== "win32";

/**
 * Makes a runner of a command for the shell. What the command prints goes where ours goes, or all to standard error where
 * ours is JSON. It outlives the first Ctrl-C, but not this process.
 */
export function createCommandRunner(command: string, { out, system }: Session): CommandRunner {
  const running = new Set<ChildProcess>();
  const endAll = (): void => running.forEach(endGroup);
  process.once("exit", endAll);

  function start(env: Variables): ChildProcessWithoutNullStreams {
    const child = spawn(command, { shell: true, detached: ownGroup, env: { ...system.env, ...env } });
    running.add(child);
    // A command need not read what it is given.
    child.stdin.on("error", () => {});
    child.stderr.on("data", (chunk: Buffer) => system.stderr.write(chunk));
    return child;
  }

  async function passOn(output: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of output) {
      if (out.json) system.stderr.write(chunk);
      else out.raw(chunk);
      await out.ready();
    }
  }

  return {
    async run(input, env) {
      const child = start(env);
      child.stdin.end(input);
      try {
        const [[exitCode, signal]] = await Promise.all([once(child, "close"), passOn(child.stdout)]);
        return { exitCode, signal };
      } finally {
        running.delete(child);
      }
    },
    async *filter(input, env, signal) {
      const child = start(env);
      const closed = once(child, "close");
      closed.catch(() => {});
      const end = (): void => endGroup(child);
      signal.addEventListener("abort", end);
      // Why it takes no more is told by how it ends.
      pipeline(Readable.from(input), child.stdin).catch(() => {});
      try {
        yield* readLines(child.stdout);
        const [exitCode, endSignal] = await closed;
        if (exitCode !== 0)
          throw new Failure(
            "failed",
            "cli/command-failed",
            `the command failed (${endSignal ?? `exit code ${exitCode}`})`,
          );
      } finally {
        signal.removeEventListener("abort", end);
        running.delete(child);
        if (child.exitCode === null && child.signalCode === null) end();
      }
    },
    close() {
      process.off("exit", endAll);
      endAll();
    },
  };
}

/** Ends a command and what it has started. */
function endGroup(child: ChildProcess): void {
  try {
    if (ownGroup && child.pid !== undefined) process.kill(-child.pid);
    else child.kill();
  } catch {
    // It has just ended by itself.
  }
}
