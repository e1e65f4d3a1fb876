import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Session } from "../session.ts";

/** How a command ended: with an exit code, or by a signal. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs one command again and again. */
export interface CommandRunner {
  /** Resolves when it has ended; `env` is what it finds beside our own variables. @throws the system's error where there is no shell */
  run(input: string, env: Readonly<Record<string, string>>): Promise<CommandEnd>;
  /** No more is run. */
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

  async function passOn(output: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of output) {
      if (out.json) system.stderr.write(chunk);
      else out.raw(chunk);
      await out.ready();
    }
  }

  return {
    async run(input, env) {
      const child = spawn(command, { shell: true, detached: ownGroup, env: { ...system.env, ...env } });
      running.add(child);
      // A command need not read what it is given.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      child.stderr.on("data", (chunk: Buffer) => system.stderr.write(chunk));
      try {
        const [[exitCode, signal]] = await Promise.all([once(child, "close"), passOn(child.stdout)]);
        return { exitCode, signal };
      } finally {
        running.delete(child);
      }
    },
    close: () => void process.off("exit", endAll),
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
