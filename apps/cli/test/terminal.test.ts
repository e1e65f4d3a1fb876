import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measure } from "../src/output/width.ts";
import { runCli } from "../src/run-cli.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  const metadata = { city: "서울특별시", note: "a rather long note that does not fit a narrow terminal at all" };
  await server.connect({ app: "gateway", id: "seoul", metadata });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs `sg` in a terminal of so many columns. */
async function runInTerminal(args: readonly string[], columns: number, env: Readonly<Record<string, string>> = {}) {
  const written = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => ({
    isTTY: true,
    columns,
    write(text: string | Uint8Array) {
      written[name] += text;
      return true;
    },
    once() {},
  });
  const code = await runCli(args, {
    env: { SINGYEONG_SERVER: `127.0.0.1:${server.port}`, ...env },
    platform: process.platform,
    homeFolder: tmpdir(),
    stdin: Object.assign(Readable.from([]), { isTTY: true }),
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    interrupted: new AbortController().signal,
  });
  return { code, ...written };
}

describe("on a terminal", () => {
  it.each([40, 60, 80])("tables fit %d columns", async (columns) => {
    for (const args of [
      ["nodes"],
      ["query", "gateway", "note != x"],
      ["meta", "gateway"],
      ["explain", "gateway", "note=x"],
    ]) {
      const { stdout, code } = await runInTerminal(args, columns);
      expect(code).toBe(0);
      for (const line of stdout.split("\n")) expect(measure(line)).toBeLessThanOrEqual(columns);
    }
  });

  it("there is colour, and none under NO_COLOR", async () => {
    const esc = "\u001b[";
    expect((await runInTerminal(["nodes"], 80)).stdout).toContain(esc);
    expect((await runInTerminal(["nods"], 80)).stderr).toContain(esc);
    for (const args of [["nodes"], ["nods"], ["doctor"], ["help", "send"], []]) {
      const { stdout, stderr } = await runInTerminal(args, 80, { NO_COLOR: "1" });
      expect(stdout + stderr).not.toContain(esc);
    }
  });

  it("JSON is indented and has no colour", async () => {
    const { stdout } = await runInTerminal(["nodes", "--json"], 80);
    expect(stdout.startsWith('[\n  {\n    "app": "gateway"')).toBe(true);
    expect(stdout).not.toContain("\u001b");
  });

  it("progress comes and goes on standard error", async () => {
    const { stderr, stdout, code } = await runInTerminal(["bench", "-n", "2000"], 80);
    expect(code).toBe(0);
    expect(stderr).toContain("\r\u001b[K");
    expect(stderr).toMatch(/[━─]{30} \d+% {2}/);
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
    expect(stdout).not.toContain("\r");
  });

  it("help fits as well", async () => {
    for (const name of ["send", "watch", "bench", "context", "proxy"]) {
      const { stdout } = await runInTerminal(["help", name], 80, { NO_COLOR: "1" });
      const prose = stdout.split("\nExamples")[0]!;
      for (const line of prose.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it("a message without payload is not waited for", async () => {
    expect(await runInTerminal(["send", "gateway"], 80)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the payload is missing"),
    });
  });
});
