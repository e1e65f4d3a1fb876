import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Client, SingyeongError } from "@singyeong/client";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSg, program, type Sg } from "./sg.kit.ts";

let server: TestServer;
let sg: Sg;
let callee: Client;

/** Why the calls of `endless` ended, in their order. */
const endings: string[] = [];
let tries = 0;

beforeAll(async () => {
  server = await startServer();
  sg = createSg(`127.0.0.1:${server.port}`);
  callee = await server.connect({ app: "math" });
  callee.serve({
    add: ([a, b]: readonly bigint[]) => BigInt(a!) + BigInt(b!),
    greet: (name: string) => `hello, ${name}`,
    nothing: () => undefined,
    async *count(to: number) {
      for (let i = 1; i <= to; i++) yield i;
    },
    headers(_input, context) {
      context.setHeaders({ given: context.headers.trace ?? "none", from: context.from.app });
      context.setTrailers({ cost: "3" });
      return "told";
    },
    async size(_input, context) {
      const { codec } = context;
      let bytes = 0;
      for await (const chunk of context.messages()) bytes += (chunk as Uint8Array).length;
      return { bytes, codec };
    },
    fail() {
      throw new SingyeongError("paint/empty", "out of\u001b[2J paint", { data: { colour: "red" } });
    },
    twice() {
      if (++tries % 2 === 1) throw new SingyeongError("paint/wet", "not yet", { delivered: false });
      return tries;
    },
    never: () => new Promise(() => {}),
    async *endless(_input, { signal }) {
      signal.addEventListener("abort", () => endings.push((signal.reason as SingyeongError).code));
      for (let i = 0; ; i++) yield `${i} ${"x".repeat(1000)}`;
    },
  });
});
afterAll(async () => {
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

const odd = '{"ops":[{"path":"/a","op":"$odd","to":{"value":1}}]}';
const ran = (stdout: string) => ({ code: 0, stdout, stderr: "" });

describe("sg call", () => {
  it("prints what the method answers, with every digit", async () => {
    expect(await sg.run(["call", "math", "add", "[1,12345678901234567890]"])).toEqual(ran("12345678901234567891\n"));
    expect(await sg.run(["call", "math", "greet", "--text", "Jane"])).toEqual(ran("hello, Jane\n"));
    expect(await sg.run(["call", "math", "!exists gpu", "greet", '"Jo"', "--codec", "msgpack"])).toEqual(
      ran("hello, Jo\n"),
    );
  });

  it("takes the input from a file and from standard input", async () => {
    const file = join(sg.home, "numbers.json");
    writeFileSync(file, "[3,\n4]\n");
    expect(await sg.run(["call", "math", "add", `@${file}`])).toEqual(ran("7\n"));
    expect(await sg.run(["call", "math", "add", "-"], { stdin: "[5,\n6]\n" })).toEqual(ran("11\n"));
    expect(await sg.run(["call", "math", "add"], { stdin: "[7,8]" })).toEqual(ran("15\n"));
  });

  it("prints nothing where nothing is answered, and a line for each of many messages", async () => {
    expect(await sg.run(["call", "math", "nothing"])).toEqual(ran(""));
    expect(await sg.run(["call", "math", "count", "4"])).toEqual(ran("1\n2\n3\n4\n"));
  });

  it("shows headers and trailers where it is told to, and always to programs", async () => {
    const args = ["call", "math", "headers", "-H", "trace: x=y"];
    expect(await sg.run(args)).toEqual(ran("told\n"));
    expect(await sg.run([...args, "--include"])).toEqual({
      ...ran("told\n"),
      stderr: "given: x=y\nfrom: sg\ncost: 3\n",
    });
    const lines = ['{"headers":{"given":"x=y","from":"sg"}}', '{"payload":"told"}', '{"trailers":{"cost":"3"}}'];
    expect(await sg.run([...args, "--json"])).toEqual(ran(`${lines.join("\n")}\n`));
  });

  it("waits for somebody to call", async () => {
    await using waiting = sg.start(["call", "late", "hello", "1", "--wait", "1m"]);
    await server.awaitClient({ app: "sg" });
    await using late = await server.connect({ app: "late" });
    late.handle("hello", (input: number) => input + 1);
    expect(await waiting.line()).toBe("2");
    expect(await waiting.ended).toBe(0);
  });

  it("repeats what was not carried out where it is told to", async () => {
    tries = 0;
    expect(await sg.run(["call", "math", "twice"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not yet"),
    });
    tries = 0;
    expect(await sg.run(["call", "math", "twice", "--retries", "1"])).toEqual(ran("2\n"));
  });

  it.each([
    [["nobody", "add", "1"], 5, "no client matches"],
    [["math", "bogus", "1"], 4, "Is that the method's name?"],
    [["math", "x".repeat(300), "1"], 4, "sg: invalid dispatch payload: /d/method: method is text of 1 to 256 bytes\n"],
    [["--query", odd, "add", "1"], 4, "sg: invalid query: /d/target/ops/0/op: query/unknown-op: expected an operator"],
    [["math", "never", "--deadline", "100ms"], 6, "--deadline gives it longer."],
    [["math", "fail", "1"], 1, 'sg: out of\\u001b[2J paint\nCode paint/empty, data {"colour":"red"}\n'],
    [["math", "add", "hello"], 2, "the input is no JSON"],
    [["math"], 2, "the method is missing"],
    [["math", "add", "--wait", "2h"], 2, "an hour is the longest"],
    [["math", "add", "--text", "--bytes", "1"], 2, "--text says that the input is text"],
  ])("of %j ends with %d", async (args, code, message) => {
    expect(await sg.run(["call", ...args])).toMatchObject({
      code,
      stdout: "",
      stderr: expect.stringContaining(message),
    });
  });

  it("tells programs the code of a failure, and its data", async () => {
    const { stderr } = await sg.run(["call", "math", "fail", "--json"]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "paint/empty", details: { colour: "red" }, exitCode: 1 },
    });
  });

  it("prints what it would send, and sends nothing", async () => {
    const call = ["call", "math", "a=1", "add", "[1]", "--deadline", "2s", "-H", "a=b", "--dry-run"];
    expect(JSON.parse((await sg.run(call)).stdout)).toEqual({
      target: { application: "math", ops: [{ path: "/a", op: "$eq", to: { value: 1 } }] },
      ...{ method: "add", payload: [1], headers: { a: "b" }, deadlineMs: 2000 },
    });
  });

  it("cancels at Ctrl-C, and the other side hears of it", async () => {
    await using calling = sg.start(["call", "math", "endless"]);
    expect(await calling.line()).toMatch(/^0 x/);
    expect(await calling.interrupt()).toBe(130);
    await expect.poll(() => endings.splice(0)).toEqual(["stream/cancelled"]);
  });

  it("tells people that the connection is gone while it waits for it, and programs what came of it", async () => {
    await using going = await startServer();
    const slow = await going.connect({ app: "slow" });
    let called = 0;
    slow.handle("never", () => new Promise(() => called++));
    const call = ["call", "slow", "never", "1", "--server", `127.0.0.1:${going.port}`];
    await using people = sg.start(call);
    await using program = sg.start([...call, "--json"]);
    await expect.poll(() => called).toBe(2);
    await going.kill();
    await people.said("Trying again…");
    await going.restart();
    expect([await people.ended, await program.ended]).toEqual([3, 3]);
    expect(people.stderr).toMatch(/^The connection is gone: .*\. Trying again…\nConnected again to .*\.\nsg: .*\n/);
    expect(JSON.parse(program.stderr)).toMatchObject({ error: { code: "client/connection-lost", exitCode: 3 } });
  });

  it("ends quietly and cancels where its reader has seen enough", async () => {
    const script = `"$1" "$2" call math endless | head -n 2 | cut -c 1-3; echo "\${PIPESTATUS[0]}"`;
    const child = spawn("bash", ["-c", script, "bash", process.execPath, program], {
      env: sg.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    expect([stdout, stderr]).toEqual(["0 x\n1 x\n0\n", ""]);
    await expect.poll(() => endings.splice(0)).toEqual(["stream/cancelled"]);
  });
});

describe("sg call --stream", () => {
  it("sends a message per line and prints what comes back in its order", async () => {
    await using echo = sg.start(["serve-echo", "-a", "lines"]);
    await echo.said("Try in another terminal: sg call lines echo");
    const lines = Array.from({ length: 2000 }, (_, i) => `{"i":${i},"id":12345678901234567890}\n`).join("");
    expect(await sg.run(["call", "lines", "echo", "--stream"], { stdin: lines })).toEqual(ran(lines));
    await echo.said("2000 messages");
    expect(await echo.interrupt()).toBe(0);
  });

  it("prints each as it comes, while more may follow", async () => {
    await using echo = sg.start(["serve-echo", "-a", "talk"]);
    await echo.said("Try in another terminal");
    await using calling = sg.start(["call", "talk", "echo", "--stream"], "pipe");
    for (const line of ['"a"', "1", '["b"]']) {
      calling.child.stdin!.write(`${line}\n`);
      expect(await calling.line()).toBe(line);
    }
    calling.child.stdin!.end();
    expect(await calling.ended).toBe(0);
  });

  it("cancels where a line is no message", async () => {
    await using echo = sg.start(["serve-echo", "-a", "strict", "--json"]);
    await server.awaitClient({ app: "strict" });
    await using calling = sg.start(["call", "strict", "echo", "--stream", "--wait", "10s"], "pipe");
    calling.child.stdin!.write("1\n");
    expect(await calling.line()).toBe("1");
    calling.child.stdin!.end("oops\n");
    expect(await calling.ended).toBe(2);
    expect(calling.stderr).toContain("line 2 of standard input is no JSON");
    await echo.said('"stream/cancelled"');
  });

  it("passes bytes on as they are", async () => {
    await using echo = sg.start(["serve-echo", "-a", "bytes"]);
    await echo.said("Try in another terminal");
    const content = randomBytes(1_000_000);
    const file = join(sg.home, "bytes");
    writeFileSync(file, content);
    const script = `"$1" "$2" call bytes echo --bytes < "$3" | sha256sum`;
    const child = spawn("sh", ["-c", script, "sh", process.execPath, program, file], { env: sg.env });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect([stdout.slice(0, 64), stderr]).toEqual([createHash("sha256").update(content).digest("hex"), ""]);
  });
});

describe("sg serve-echo", () => {
  it("gives back messages and headers, and tells of each call", async () => {
    await using echo = sg.start(["serve-echo", "--method", "one", "--method", "two", "--meta", "x=1"]);
    await echo.said("Connected to");
    const call = (method: string) =>
      sg.run(["call", "sg-echo", "x=1", method, '{"a":1}', "-H", "trace: 7", "--include"]);
    for (const method of ["one", "two"])
      expect(await call(method)).toEqual({ code: 0, stdout: '{"a":1}\n', stderr: "trace: 7\n" });
    await echo.said("  two  ");
    expect(echo.stderr).toMatch(/\n\d\d:\d\d:\d\d\.\d\d\d {2}one {2}sg \w+ {2}1 message {2}[\d.]+ ms\n/);
    expect(await echo.interrupt()).toBe(0);
  });

  it("finishes the calls at work at Ctrl-C", async () => {
    await using echo = sg.start(["serve-echo", "-a", "slow"]);
    await echo.said("Try in another terminal");
    await using calling = sg.start(["call", "slow", "echo", "--stream"], "pipe");
    calling.child.stdin!.write("1\n");
    expect(await calling.line()).toBe("1");
    const ended = echo.interrupt();
    await echo.said("Finishing 1 call.");
    calling.child.stdin!.end("2\n");
    expect(await calling.line()).toBe("2");
    expect([await calling.ended, await ended]).toEqual([0, 0]);
  });
});

describe("sg serve-exec", () => {
  it("answers each call by a command", async () => {
    const command = `while read line; do echo "[$line,\\"$SINGYEONG_METHOD of $SINGYEONG_CALLER_APP\\"]"; done`;
    await using exec = sg.start(["serve-exec", "pair", command]);
    await exec.said("Try in another terminal: sg call sg-exec pair");
    expect(await sg.run(["call", "sg-exec", "pair", '{"a":1}'])).toEqual(ran('[{"a":1},"pair of sg"]\n'));
    const stdin = "1\n2\n3\n";
    const lines = [1, 2, 3].map((n) => `[${n},"pair of sg"]\n`).join("");
    expect(await sg.run(["call", "sg-exec", "pair", "--stream"], { stdin })).toEqual(ran(lines));
    await exec.said("3 messages");
    expect(await exec.interrupt()).toBe(0);
  });

  it("passes lines of text on as they are", async () => {
    await using exec = sg.start(["serve-exec", "upper", "tr a-z A-Z", "--text", "-a", "text"]);
    await exec.said("Try in another terminal");
    expect(await sg.run(["call", "text", "upper", "--text", "{hello"])).toEqual(ran('"{HELLO"\n'));
  });

  it.each([
    ["echo oops", "the command printed a line that is no JSON"],
    ["echo 1 >&2; exit 3", "the command failed (exit code 3)"],
    ["kill $$", "the command failed (SIGTERM)"],
  ])("fails the call where the command does: %s", async (command, message) => {
    await using exec = sg.start(["serve-exec", "fail", command, "-a", "failing"]);
    await exec.said("Try in another terminal");
    expect(await sg.run(["call", "failing", "fail", "1"])).toEqual({
      ...{ code: 1, stdout: "", stderr: `sg: ${message}\nCode stream/failed\n` },
    });
    await exec.said("  stream/failed\n");
  });

  it("ends the command where the call is cancelled", async () => {
    const ended = join(sg.home, "exec-ended");
    const command = `trap 'touch ${ended}; exit' TERM; echo 1; while :; do sleep 0.02; done`;
    await using exec = sg.start(["serve-exec", "wait", command, "-a", "waiting"]);
    await exec.said("Try in another terminal");
    await using calling = sg.start(["call", "waiting", "wait", "0"]);
    expect(await calling.line()).toBe("1");
    expect(await calling.interrupt()).toBe(130);
    await exec.said("  stream/cancelled\n");
    await expect.poll(() => existsSync(ended)).toBe(true);
  });
});
