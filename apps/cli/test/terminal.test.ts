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
  const client = await server.connect({ app: "gateway", id: "seoul", metadata });
  const target = { application: "worker", ops: [{ path: "/city", op: "$eq", to: { value: metadata.city } }] } as const;
  await client.queue("a-queue-with-quite-a-long-name").push(target, { note: metadata.note });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs `sg` in a terminal of so many columns, at which somebody types. */
async function runInTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
  typed: readonly string[] = [],
) {
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
    stdin: Object.assign(Readable.from(typed), { isTTY: true }),
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    interrupted: new AbortController().signal,
    hurried: new AbortController().signal,
    outputGone: new AbortController().signal,
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
      ["queue", "ls"],
      ["queue", "peek", "a-queue-with-quite-a-long-name"],
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
    const names = [
      "send",
      "watch",
      "bench",
      "context",
      "proxy",
      "queue",
      "queue push",
      "queue consume",
      "queue purge",
      "call",
      "serve-exec",
      "pub",
      "sub",
    ];
    for (const name of names) {
      const { stdout } = await runInTerminal(["help", ...name.split(" ")], 80, { NO_COLOR: "1" });
      const prose = stdout.split("\nExamples")[0]!;
      for (const line of prose.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it("what removes messages asks before, and takes nothing but a yes for one", async () => {
    const client = await server.connect();
    for (const n of [1, 2]) await client.queue("asked").push("worker", n);
    const purge = (...typed: string[]) =>
      runInTerminal(["queue", "purge", "asked", "--state", "ready"], 80, { NO_COLOR: "1" }, typed);
    const question = "Remove 2 ready messages of asked for good? [y/N] ";
    for (const typed of [[], ["\n"], ["no\n"], ["yesterday\n"]])
      expect(await purge(...typed)).toEqual({ code: 0, stdout: "", stderr: `${question}Nothing was removed.\n` });
    expect(await purge("y\n")).toEqual({ code: 0, stdout: "✓ 2 messages removed\n", stderr: question });
  });

  it("a message without payload is not waited for", async () => {
    expect(await runInTerminal(["send", "gateway"], 80)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the payload is missing"),
    });
  });
});
