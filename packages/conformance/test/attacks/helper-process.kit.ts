import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A program beside the test, in a process of its own: so that what it costs is not taken for the server's. */
export interface HelperProcess extends AsyncDisposable {
  readonly pid: number;
  /** Asks for something and waits for the answer; one at a time. */
  ask<T>(question: object): Promise<T>;
}

/** Starts a program that answers each message with one (`./answering.kit.ts`). */
export function startHelper(file: string, settings: object): HelperProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const child = fork(path, [JSON.stringify(settings)], { execArgv: flags });
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  return {
    pid: child.pid!,
    ask(question) {
      return new Promise((resolve, reject) => {
        const fail = (code: number | null): void => reject(new Error(`${file} ended with ${code}`));
        child.once("exit", fail);
        child.once("message", (answer: { readonly error?: string }) => {
          child.off("exit", fail);
          if (answer.error === undefined) resolve(answer as never);
          else reject(new Error(answer.error));
        });
        child.send(question);
      });
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
