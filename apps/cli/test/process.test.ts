import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startServer } from "@singyeong/testing";
import { describe, expect, it } from "vitest";
import { createSg, program, type RunningSg } from "./sg.kit.ts";

describe("the process", () => {
  it("ends quietly where its reader has seen enough", async () => {
    await using server = await startServer();
    for (let i = 0; i < 50; i++) await server.connect({ app: "api", metadata: { pad: "x".repeat(4000) } });
    using sg = createSg(`127.0.0.1:${server.port}`);
    const script = `"$1" "$2" nodes --json | head -c 10`;
    const child = spawn("sh", ["-c", script, "sh", process.execPath, program], { env: sg.env });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect([stdout.length, stderr]).toEqual([10, ""]);
  });

  it("ends with 130 at Ctrl-C, unless that is how the command ends", async () => {
    await using server = await startServer();
    await using _silent = await server.connect({ app: "silent" });
    using sg = createSg(`127.0.0.1:${server.port}`);
    await using waiting = sg.start(["send", "silent", "1", "--reply"]);
    await server.nextDelivery({ app: "silent" });
    expect(await waiting.interrupt()).toBe(130);
    await using watch = sg.start(["watch"]);
    await watch.said("Connected");
    expect(await watch.interrupt()).toBe(0);
  });
});

/** What a program prints until something is among it. */
async function linesUntil(running: RunningSg, text: string): Promise<readonly string[]> {
  const lines: string[] = [];
  do lines.push((await running.line())!);
  while (!lines.at(-1)!.includes(text));
  return lines;
}

describe("sg serve", () => {
  it("runs a server until it is stopped", async () => {
    using sg = createSg();
    await using serve = sg.start(["serve", "--port", "0", "--host", "127.0.0.1"]);
    const told = await linesUntil(serve, "queues are");
    expect(told.at(-1)).toBe(`queues are kept in ${join(sg.home, "data")}`);
    const port = /listening on ws:\/\/127\.0\.0\.1:(\d+)\/gateway\/websocket$/.exec(told[0]!)?.[1];
    expect(await sg.run(["version", "-s", `127.0.0.1:${port}`])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("server 0."),
    });
    expect(await serve.interrupt()).toBe(0);
    expect(await serve.line()).toBe("stopped");
  });

  it("tells about itself in JSON", async () => {
    using sg = createSg();
    await using serve = sg.start(["serve", "--json", "--port", "0", "--host", "127.0.0.1"]);
    const told = (await linesUntil(serve, "recovered")).map((line) => JSON.parse(line));
    expect(told.at(-1)).toMatchObject({ type: "recovered", folder: join(sg.home, "data") });
    expect(told[0]).toMatchObject({
      type: "listening",
      open: false,
      port: expect.any(Number),
    });
    expect(await serve.interrupt()).toBe(0);
    expect(await serve.line()).toBe('{"type":"stopped"}');
  });

  it("has the server's own flags and exit codes", async () => {
    using sg = createSg();
    expect(await sg.run(["serve", "--help"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("--max-frame-bytes VALUE"),
    });
    expect(await sg.run(["serve", "--bogus"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--bogus: there is no such flag"),
    });
  });
});

describe("completion", () => {
  it("works in bash, with words that bash cuts at colons and equals signs", async () => {
    await using server = await startServer();
    await server.connect({ app: "gateway" });
    await server.connect({ app: "$(id)" });
    using sg = createSg();
    await sg.run(["context", "add", "home", "--server", `127.0.0.1:${server.port}`]);
    const { port } = server;
    const script = `
      sg() { "$NODE" "$PROGRAM" "$@"; }
      source <(sg completion bash)
      try() { COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=("\${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=(); _sg; echo "\${COMPREPLY[*]}"; }
      try "sg no" sg no
      try "sg --server 127.0.0.1:${port} send " sg --server 127.0.0.1 : ${port} send ""
      try "sg --context=" sg --context = ""
      try "sg query 'a b' g" sg query "'a b'" g
      try "sg meta g" sg meta g
      try "sg -s 127.0.0.1:1 meta " sg -s 127.0.0.1 : 1 meta ""
    `;
    const env = { ...sg.env, NODE: process.execPath, PROGRAM: program };
    const child = spawn("bash", ["--norc", "-c", script], { env });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    expect([stdout.split("\n"), stderr]).toEqual([["nodes", "gateway", "home", "", "gateway", "", ""], ""]);
  });
});
