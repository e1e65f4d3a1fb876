import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

let server: TestServer;
let sg: Sg;

beforeAll(async () => {
  server = await startServer();
  sg = createSg(`127.0.0.1:${server.port}`);
});
afterAll(async () => {
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

const lines = (text: string) => text.split("\n").slice(0, -1);

/** What a queue holds in a state, in its order. */
async function peek(queue: string, state = "ready") {
  const { stdout } = await sg.run(["queue", "peek", queue, "--state", state, "--limit", "1000", "--json"]);
  return lines(stdout).map((line) => JSON.parse(line));
}

async function info(queue: string) {
  return JSON.parse((await sg.run(["queue", "info", queue, "--json"])).stdout);
}

describe("sg queue push", () => {
  it("stores a message and prints its id", async () => {
    const { code, stdout, stderr } = await sg.run([
      ...["queue", "push", "jobs", "worker", "gpu=true", '{"n":12345678901234567890}', "--ttl", "7d"],
      ...["--delay", "1h", "--priority", "9", "--max-attempts", "3", "-H", "trace: x", "--key", "k"],
    ]);
    expect([code, stderr]).toEqual([0, "1 message stored in jobs\n"]);
    const [message] = await peek("jobs", "delayed");
    expect(message).toMatchObject({
      ...{ id: stdout.trim(), priority: 9, maxAttempts: 3, attempt: 0, headers: { trace: "x" } },
      target: { application: "worker", ops: [{ path: "/gpu", op: "$eq", to: { value: true } }], key: "k" },
    });
    expect(message.expiresAtMs - message.pushedAtMs).toBe(7 * 86_400_000);
    expect(message.dueAtMs - message.pushedAtMs).toBe(3_600_000);
    const { stdout: whole } = await sg.run(["queue", "peek", "jobs", stdout.trim()]);
    expect(whole).toContain('payload     {"n":12345678901234567890}\n');
  });

  it("stores many in their order", async () => {
    const file = join(sg.home, "many.ndjson");
    const all = Array.from({ length: 300 }, (_, i) => i);
    writeFileSync(file, all.map((i) => `${i}\n`).join(""));
    const ran = await sg.run(["queue", "push", "many", "worker", `@${file}`, "--json"]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const messages = await peek("many");
    expect(messages.map(({ payload }) => payload)).toEqual(all);
    expect(lines(ran.stdout).map((line) => JSON.parse(line))).toEqual(
      messages.map(({ id }) => ({ queue: "many", id })),
    );
  });

  it("stores what is pushed twice with one id once", async () => {
    const push = () => sg.run(["queue", "push", "once", "worker", "--id", "order-17", "1"]);
    const [first, second] = [await push(), await push()];
    expect(first.stdout).toBe(second.stdout);
    expect(await peek("once")).toHaveLength(1);
    const piped = await sg.run(["queue", "push", "once", "worker", "--id", "order-18"], { stdin: "1\n" });
    expect(piped).toMatchObject({ code: 2, stderr: expect.stringContaining("--whole reads it as one message") });
  });

  it("goes on after what is no message where it is told to", async () => {
    const args = ["queue", "push", "mixed", "worker", "-"];
    const stdin = "1\nno json\n3\n";
    expect(await sg.run(args, { stdin })).toMatchObject({ code: 2, stderr: expect.stringContaining("line 2") });
    const ran = await sg.run([...args, "--keep-going"], { stdin });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("2 messages stored in mixed; 1 failed\n") });
    expect(lines(ran.stdout)).toHaveLength(2);
  });

  it("shows what it would do, and does nothing", async () => {
    const args = ["queue", "push", "dry", "worker", "1", "--delay", "2s", "--dry-run"];
    const { stdout } = await sg.run(args);
    expect(JSON.parse(stdout)).toEqual({
      ...{ queue: "dry", target: { application: "worker" }, payload: 1, delayMs: 2000, headers: {} },
    });
    expect((await sg.run(["queue", "info", "dry"])).code).toBe(5);
  });

  it("says what is missing, and what the server refuses", async () => {
    const refused = (...args: string[]) => sg.run(["queue", "push", ...args]);
    expect(await refused("jobs")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`As in: sg queue push jobs worker '{"hi":1}'`),
    });
    expect(await refused("jobs", "worker")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("standard input was empty"),
    });
    expect(await refused("jobs", "--query", '{"ops":[{"path":"/x","op":"$odd"}]}', "1")).toMatchObject({ code: 4 });
    await using guarded = await startServer({ auth: "s3cret" });
    const elsewhere = ["-s", `127.0.0.1:${guarded.port}`];
    expect(await refused("jobs", "worker", "1", ...elsewhere)).toMatchObject({ code: 4 });
    expect(await sg.run(["queue", "ls", ...elsewhere])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("the server asks for a password"),
    });
    expect(await refused("jobs", "worker", "1", "--auth", "s3cret", ...elsewhere)).toMatchObject({ code: 0 });
    expect((await sg.run(["queue", "ls", "--auth", "s3cret", ...elsewhere])).stdout).toContain("jobs");
  });
});

describe("sg queue consume", () => {
  it("is told once why it is refused", async () => {
    const { code, stderr } = await sg.run(["queue", "consume", "$topic/x", "--app", "x"]);
    expect([code, stderr.match(/queues whose names begin with/g)?.length]).toEqual([4, 1]);
  });

  it("shows what its client may take, and acknowledges it, until Ctrl-C", async () => {
    const client = await server.connect();
    const queue = client.queue("shown");
    await queue.push({ application: "shower", ops: [{ path: "/x", op: "$eq", to: { value: 2 } }] }, "not this");
    await using consume = sg.start(["queue", "consume", "shown", "--app", "shower", "--meta", "x=1", "--json"]);
    const { id } = await queue.push("shower", 12345678901234567890n, { headers: { trace: "x" } });
    expect(await consume.line()).toBe(
      `{"queue":"shown","id":"${id}","attempt":1,"payload":12345678901234567890,"headers":{"trace":"x"}}`,
    );
    expect(await consume.interrupt()).toBe(0);
    expect(await info("shown")).toMatchObject({ ready: 1, leased: 0 });
  });

  it("shows it on lines that no terminal obeys", async () => {
    const client = await server.connect();
    await client.queue("lines").push("liner", "a\u001b[2J", { headers: { "x\u009b": "y" } });
    const ran = await sg.run(["queue", "consume", "lines", "-a", "liner", "--count", "1"]);
    expect(ran.stdout).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d {2}\w{11} {2}"a\\u001b\[2J" {2}x\\u009b: y\n$/);
    expect(ran.stderr).toMatch(/^Connected to .* as liner \w+\. Ctrl-C ends it\.\n1 message done\n$/);
    expect((await sg.run(["queue", "info", "lines"])).code).toBe(5);
  });

  it("runs a command for each, and gives back what that fails with", async () => {
    const client = await server.connect();
    for (const n of [1, 2, 3]) await client.queue("work").push("worker", { n });
    const command = `read line; echo "$SINGYEONG_QUEUE $SINGYEONG_ATTEMPT $line"; test "$line" != '{"n":2}'`;
    const ran = await sg.run(["queue", "consume", "work", "-a", "worker", "-n", "3", "--exec", command]);
    expect(ran).toMatchObject({ code: 1, stdout: 'work 1 {"n":1}\nwork 1 {"n":2}\nwork 1 {"n":3}\n' });
    expect(ran.stderr).toMatch(/\n\w{11} failed \(exit code 1\), and was given back\.\n2 messages done, 1 failed\n$/);
    expect(await peek("work", "delayed")).toMatchObject([{ payload: { n: 2 }, attempt: 1 }]);
  });

  it("tells programs of the commands, whose output goes to standard error", async () => {
    const client = await server.connect();
    const { id } = await client.queue("told").push("worker", 1);
    const ran = await sg.run(["queue", "consume", "told", "-a", "worker", "-n", "1", "--json", "-x", "cat; exit 3"]);
    expect(JSON.parse(ran.stdout)).toEqual({ queue: "told", id, attempt: 1, done: false, exitCode: 3, signal: null });
    expect([ran.code, ran.stderr]).toEqual([1, "1\n"]);
  });

  it("finishes what is in hand at Ctrl-C", async () => {
    const client = await server.connect();
    for (const n of [1, 2, 3]) await client.queue("slow").push("worker", n);
    const go = join(sg.home, "go");
    const command = `echo begun; while ! test -e ${go}; do sleep 0.02; done; echo ended`;
    await using consume = sg.start(["queue", "consume", "slow", "-a", "worker", "--concurrency", "2", "-x", command]);
    expect([await consume.line(), await consume.line()]).toEqual(["begun", "begun"]);
    const code = consume.interrupt();
    await consume.said("Finishing 2 messages.");
    writeFileSync(go, "");
    expect([await consume.line(), await consume.line(), await consume.line()]).toEqual(["ended", "ended", undefined]);
    expect(await code).toBe(0);
    expect(await peek("slow")).toMatchObject([{ payload: 3, attempt: 0 }]);
  });

  it("ends its commands at a second Ctrl-C, and what they had comes back", async () => {
    const client = await server.connect();
    const { id } = await client.queue("stuck").push("worker", 1);
    const ended = join(sg.home, "command-ended");
    const command = `trap 'touch ${ended}; exit' TERM; echo begun; while :; do sleep 0.02; done`;
    await using consume = sg.start(["queue", "consume", "stuck", "-a", "worker", "-x", command]);
    expect(await consume.line()).toBe("begun");
    consume.child.kill("SIGINT");
    await consume.said("Finishing 1 message. Ctrl-C again ends it at once.\n");
    expect(await consume.interrupt()).toBe(130);
    await expect.poll(() => existsSync(ended)).toBe(true);
    await expect.poll(() => peek("stuck")).toMatchObject([{ id, attempt: 1 }]);
  });

  it("holds messages and gives them back in their places with --no-ack", async () => {
    const client = await server.connect();
    for (const n of [1, 2, 3]) await client.queue("held").push("worker", n);
    const ran = await sg.run(["queue", "consume", "held", "-a", "worker", "--no-ack", "-n", "2", "--json"]);
    expect(ran.code).toBe(0);
    expect(lines(ran.stdout).map((line) => JSON.parse(line).payload)).toEqual([1, 2]);
    await expect.poll(async () => (await info("held")).ready).toBe(3);
    expect((await peek("held")).map(({ payload, attempt }) => [payload, attempt])).toEqual([
      ...[1, 2].map((n) => [n, 1]),
      [3, 0],
    ]);
  });

  it("ends when nothing has come for a while", async () => {
    const ran = await sg.run(["queue", "consume", "empty", "-a", "worker", "--idle", "20ms"]);
    expect(ran).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/\n0 messages done\n$/) });
  });

  it("leaves no more behind than it was asked to take", async () => {
    const client = await server.connect();
    for (let n = 1; n <= 9; n++) await client.queue("exact").push("worker", n);
    const args = ["queue", "consume", "exact", "-a", "worker", "-n", "4", "--concurrency", "3"];
    expect(lines((await sg.run(args)).stdout)).toHaveLength(4);
    await expect.poll(async () => (await info("exact")).leased).toBe(0);
    expect((await peek("exact")).map(({ payload }) => payload)).toEqual([5, 6, 7, 8, 9]);
  });

  it("tells what could not be acknowledged since the server was gone", async () => {
    await using own = await startServer();
    const pusher = await own.connect();
    await pusher.queue("gone").push("worker", 1);
    const go = join(sg.home, "server-is-gone");
    const command = `echo begun; while ! test -e ${go}; do sleep 0.02; done`;
    const elsewhere = ["-s", `127.0.0.1:${own.port}`];
    await using consume = sg.start([
      "queue",
      "consume",
      "gone",
      "-a",
      "worker",
      "-n",
      "1",
      "-x",
      command,
      "--timeout",
      "300ms",
      ...elsewhere,
    ]);
    expect(await consume.line()).toBe("begun");
    await own.kill();
    await consume.said("The connection is gone");
    writeFileSync(go, "");
    expect(await consume.ended).toBe(1);
    expect(consume.stderr).toMatch(/\w{11} could not be acknowledged, and comes back: .*\n0 messages done, 1 not/);
  });

  it.each([
    [["queue", "consume", "x"], "--app is missing"],
    [["queue", "consume", "x", "-a", "y", "--no-ack"], "--no-ack needs a --count"],
    [["queue", "consume", "x", "-a", "y", "--no-ack", "-n", "1", "-x", "cat"], "so --exec makes no sense"],
  ])("refuses %j", async (args, message) => {
    expect(await sg.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
