import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import type { Session } from "../session.ts";
import { createCommandRunner } from "./command-runner.ts";

const folder = mkdtempSync(join(tmpdir(), "sg-filter-"));
afterAll(() => rmSync(folder, { recursive: true }));

const session = { out: {}, system: { env: process.env, stderr: { write: () => true } } } as unknown as Session;

async function* lines(...all: readonly string[]) {
  for (const line of all) yield `${line}\n`;
}

/** Lines that go on for ever. */
async function* endless() {
  for (;;) yield "y\n";
}

function filter(command: string, input: AsyncIterable<string>, signal = new AbortController().signal) {
  const runner = createCommandRunner(command, session);
  onTestFinished(runner.close);
  return runner.filter(input, { GIVEN: "x" }, signal);
}

async function readAll(output: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of output) all.push(line);
  return all;
}

describe("a command as a filter", () => {
  it("yields what it prints of what it is given", async () => {
    const command = 'while read line; do echo "$GIVEN $line"; done';
    expect(await readAll(filter(command, lines("1", "2")))).toEqual(["x 1", "x 2"]);
  });

  it("may leave what it is given alone", async () => {
    expect(await readAll(filter("echo done", endless()))).toEqual(["done"]);
  });

  it("fails where it ends otherwise than with 0, behind what it had printed", async () => {
    const output = filter("echo 1; exit 3", lines());
    expect((await output.next()).value).toBe("1");
    await expect(output.next()).rejects.toMatchObject({
      code: "cli/command-failed",
      message: "the command failed (exit code 3)",
    });
  });

  it("is ended by the signal", async () => {
    const controller = new AbortController();
    const output = filter("echo begun; cat", endless(), controller.signal);
    expect((await output.next()).value).toBe("begun");
    controller.abort();
    await expect(readAll(output)).rejects.toThrow("the command failed (SIGTERM)");
  });

  it("is ended where its output is left, and what it started with it", async () => {
    const ended = join(folder, "ended");
    const output = filter(`trap 'touch ${ended}; exit' TERM; echo begun; while :; do sleep 0.02; done`, lines());
    for await (const line of output) if (line === "begun") break;
    await expect.poll(() => existsSync(ended)).toBe(true);
  });
});
