import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Snippet } from "./extract.ts";

const otherPort = fileURLToPath(new URL("other-port.js", import.meta.url));

/** Whether a snippet runs on in a terminal of its own: `console` is one that the reader leaves open. */
export function stays({ language, manner }: Snippet): boolean {
  return language === "console" || manner === "stays";
}

/** What a snippet tells the shell; in `console` it stands behind the prompt. */
export function scriptOf({ language, code }: Snippet): string {
  if (language !== "console") return code;
  const commands = code.split("\n").filter((line) => line.startsWith("$ "));
  return commands.map((line) => line.slice("$ ".length)).join("\n");
}

/** The environment in which shell snippets run. */
export interface Shell {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A home and a `PATH` of their own below `folder`: `sg` is the packed one, of the project `consumer`, and `npm` only
 * looks whether what is to be installed is among `packages`.
 */
export async function prepareShell(
  folder: string,
  consumer: string,
  packages: readonly string[],
  port: number,
): Promise<Shell> {
  const [bin, home] = [join(folder, "bin"), join(folder, "home")];
  await Promise.all([mkdir(bin, { recursive: true }), mkdir(home, { recursive: true })]);
  const entry = join(consumer, "node_modules/@singyeong/cli/dist/main.js");
  await writeCommand(join(bin, "sg"), `exec "${process.execPath}" --import "${otherPort}" "${entry}" "$@"`);
  const known = packages.map((name) => `${name}) ;;`).join(" ");
  const look = `[ "$1" = install ] || exit 1; shift; for name; do case "$name" in -*) ;; ${known} *) exit 1 ;; esac; done`;
  await writeCommand(join(bin, "npm"), look);
  const path = `${bin}:${process.env.PATH}`;
  // Whatever listens keeps to the loopback.
  const env = { PATH: path, HOME: home, HOST: "127.0.0.1", SNIPPET_PORT: String(port), NO_COLOR: "1" };
  return { cwd: home, env };
}

async function writeCommand(file: string, script: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
