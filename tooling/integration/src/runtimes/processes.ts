import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Upward } from "../stage/commands.ts";
import { neverOutlive } from "../stage/never-outlive.ts";
import { serve } from "../stage/serve.ts";
import { type Runtime, scenarioPatienceMs } from "./runtime.ts";

/** A process that has nothing left to do ends at once; one that is still there after this, in milliseconds, is stuck. */
const patienceMs = 8000;

const require = createRequire(import.meta.url);
const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** What starts a program of the folder `consumer` on each runtime: the binary and what goes before the program. */
const launchers = {
  node: () => [process.execPath, "--expose-gc"],
  // The packages' own commands are wrappers, which would leave the runtime behind when they are killed.
  deno: () => [join(packageFolder("deno"), "deno"), "run", "-A", "--node-modules-dir=manual", "--v8-flags=--expose-gc"],
  bun: () => [join(packageFolder("bun"), "bin/bun.exe"), "run"],
} satisfies Record<string, () => [string, ...string[]]>;

export type ProcessRuntimeName = keyof typeof launchers;

/** A runtime whose scenarios are processes, talking in JSON lines over their standard input and output. */
export function createProcessRuntime(name: ProcessRuntimeName, consumer: string): Runtime {
  const [binary, ...args] = launchers[name]();
  return {
    async run(scenario, commands) {
      const child = spawn(binary, [...args, "program.js", scenario], { cwd: consumer, env: environment() });
      neverOutlive(child);
      const exited = once(child, "exit");
      let complaint = "";
      child.stderr.on("data", (chunk) => {
        complaint = `${complaint}${chunk}`.slice(-8192);
      });
      child.stdin.on("error", () => {});
      const hung = setTimeout(() => child.kill("SIGKILL"), scenarioPatienceMs);
      let failure: string | null | undefined;
      for await (const line of createInterface({ input: child.stdout })) {
        const message = JSON.parse(line) as Upward;
        if ("failure" in message) {
          failure = message.failure;
          break;
        }
        void serve(commands, message).then((answer) => child.stdin.write(`${JSON.stringify(answer)}\n`));
      }
      clearTimeout(hung);
      child.stdin.end();
      const stuck = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      const [code, signal] = await exited;
      clearTimeout(stuck);
      if (failure === undefined) return `ended with ${signal ?? code} before it was done:\n${complaint}`;
      if (failure !== null) return `${failure}\n${complaint}`;
      return code === 0
        ? null
        : `passed, but then ${signal === null ? `ended with ${code}` : "did not end"}:\n${complaint}`;
    },
    async [Symbol.asyncDispose]() {},
  };
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}
