import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { commands } from "../src/command-table.ts";
import { exitCodes } from "../src/exit-codes.ts";
import { createSg, program } from "./sg.kit.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** Blocks to run in their order: those of `console` go on running. */
const blocks = [...readme.matchAll(/^```(sh|console)\n(.*?)^```$/gms)].map(([, kind, content]) => ({
  kind,
  content: content!,
}));

it("shows commands that work, in their order", async () => {
  using sg = createSg();
  const bin = join(sg.home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "sg"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, "sg"), 0o755);
  const env: Record<string, string> = { ...sg.env, PATH: `${bin}:${sg.env.PATH}`, HOST: "127.0.0.1", PORT: "0" };
  const running: ChildProcess[] = [];
  // Whatever happens, nothing is left running.
  onTestFinished(() => running.forEach((child) => void child.kill("SIGKILL")));
  for (const { kind, content } of blocks) {
    if (kind === "console") {
      const child = spawn("sh", ["-c", `exec ${content.replace(/^\$ /, "")}`], { env, cwd: sg.home });
      running.push(child);
      const said = await readUntil(
        /sg serve$/m.test(content) ? child.stdout : child.stderr,
        /listening on|Connected to/,
      );
      const port = /listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) env.SINGYEONG_SERVER = `127.0.0.1:${port}`;
      continue;
    }
    const child = spawn("sh", ["-ec", content], { env, cwd: sg.home });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    expect(code, `${content}\n${stdout}${stderr}`).toBe(0);
  }
  for (const child of running) child.kill("SIGINT");
  for (const child of running) if (child.exitCode === null) await once(child, "exit");
});

/** The first line that matches. */
async function readUntil(output: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) if (lines.push(line) && pattern.test(line)) return line;
  throw new Error(`${pattern} was never said, but:\n${lines.join("\n")}`);
}

it("names every command and every exit code", () => {
  for (const { name } of commands) expect(readme).toMatch(new RegExp(`^\\| \`${name}\` `, "m"));
  const queue = commands.find(({ name }) => name === "queue")!;
  for (const { name, summary } of queue.subcommands!) {
    expect(readme).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|.*${summary}.* \\|$`, "m"));
  }
  for (const { code, meaning } of Object.values(exitCodes))
    expect(readme).toMatch(new RegExp(`^\\| ${code} +\\| ${meaning} +\\|$`, "m"));
});
