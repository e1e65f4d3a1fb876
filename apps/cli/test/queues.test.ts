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

const queue = (...args: string[]) => sg.run(["queue", ...args]);
const json = async (...args: string[]) => {
  const { stdout, stderr } = await queue(...args, "--json");
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};
const records = async (...args: string[]) =>
  (await queue(...args, "--json")).stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** Fills a queue for the application `nobody`; resolves with the ids. */
async function fill(name: string, payloads: readonly unknown[], options = {}): Promise<readonly string[]> {
  const client = await server.connect();
  const pushed: string[] = [];
  for (const payload of payloads) pushed.push((await client.queue(name).push("nobody", payload, options)).id);
  return pushed;
}

/** Kills the messages of a queue that `nobody` may take, by rejecting them. */
async function kill(name: string, count: number): Promise<void> {
  const client = await server.connect({ app: "nobody" });
  let left = count;
  for await (const job of client.queue(name).consume()) {
    await job.nack({ dead: true });
    if (--left === 0) break;
  }
  await client.close();
}

describe("sg queue ls and info", () => {
  it("say that there is none, and which there are", async () => {
    expect(await queue("ls", "none-")).toEqual({ code: 0, stdout: "", stderr: "There is no queue of such a name.\n" });
    await fill("list-a\u001b", [1, "two"]);
    await fill("list-b", [1], { delayMs: 3_600_000 });
    await queue("pause", "list-b");
    const { stdout } = await queue("ls", "list-");
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^QUEUE +READY +LEASED +DELAYED +DEAD +CONSUMERS +OLDEST +SIZE$/),
      expect.stringMatching(/^list-a\\u001b +2 +0 +0 +0 +0 +\d+ s +\d+ B$/),
      expect.stringMatching(/^list-b +0 +0 +1 +0 +paused +- +\d+ B$/),
      "",
    ]);
    expect(await json("ls", "list-b")).toEqual([
      {
        ...{ queue: "list-b", ready: 0, leased: 0, delayed: 1, dead: 0, bytes: expect.any(Number) },
        ...{ consumers: 0, openRequests: 0, oldestMs: null, paused: true },
      },
    ]);
  });

  it("show one in words", async () => {
    await fill("one", [1, 2]);
    await using client = await server.connect({ app: "somebody" });
    client.queue("one").consume(() => {}, { concurrency: 7 });
    await expect.poll(async () => (await json("info", "one")).openRequests).toBe(7);
    await queue("pause", "one");
    const { stdout } = await queue("info", "one");
    expect(stdout).toMatch(
      /^queue {7}one {2}paused: nothing is given out\nready {7}2 {2}the oldest was pushed \d+ s ago\n/,
    );
    expect(stdout).toContain("\nconsumers   1  asking for 7 messages\n");
  });

  it("end with 5 where there is no such queue", async () => {
    expect(await queue("info", "nope")).toEqual({
      code: 5,
      stdout: "",
      stderr: "sg: no such queue or message: nope\nsg queue ls shows which there are; one is made by the first push.\n",
    });
    expect(JSON.parse((await queue("info", "nope", "--json")).stderr)).toMatchObject({
      error: { code: "queue/not-found", exitCode: 5 },
    });
  });
});

describe("sg queue peek", () => {
  it("shows what is next, with every digit and nothing that a terminal obeys", async () => {
    await fill("next", [12345678901234567890n, "a\u001b[2J"]);
    const { stdout, code } = await queue("peek", "next");
    expect(stdout.split("\n").slice(1)).toEqual([
      expect.stringMatching(/^\w+ +\d+ s +0\/20 {2}nobody {2}12345678901234567890$/),
      expect.stringMatching(/^\w+ +\d+ s +0\/20 {2}nobody {2}"a\\u001b\[2J"$/),
      "",
    ]);
    expect(code).toBe(0);
  });

  it("shows as many as are asked for, page by page", async () => {
    const client = await server.connect();
    const all = Array.from({ length: 230 }, (_, i) => i);
    await Promise.all(all.map((i) => client.queue("many").push("nobody", { i })));
    const some = await queue("peek", "many", "-n", "7");
    expect(some.stdout.split("\n")).toHaveLength(9);
    expect(some.stderr).toBe("There are more: --limit shows them.\n");
    const found = await records("peek", "many", "--limit", "1000");
    expect(new Set(found.map(({ payload }) => payload.i))).toEqual(new Set(all));
    expect(found.map(({ id }) => id)).toEqual(found.map(({ id }) => id).sort());
  });

  it("shows those that are held or wait, and one of them in full", async () => {
    const [waiting] = await fill("states", ["later"], { delayMs: 3_600_000, priority: 7, headers: { trace: "x" } });
    const [held] = await fill("states", ["now"]);
    await using client = await server.connect({ app: "nobody", id: "holder" });
    const jobs = client.queue("states").consume();
    await jobs.next();
    expect((await queue("peek", "states", "--state", "leased")).stdout).toMatch(
      new RegExp(`^ID.*HELD BY.*\n${held} +\\d+ s +1/20 +\\d+ s {2}nobody holder {2}"now"\n$`),
    );
    expect((await queue("peek", "states", "--state", "delayed")).stdout).toMatch(/READY IN.*\n.* 59 min {2}nobody/);
    expect(await queue("peek", "states")).toMatchObject({ stdout: "", stderr: "No message of states is ready.\n" });
    const { stdout } = await queue("peek", "states", waiting!);
    expect(stdout).toContain("state       delayed\n");
    expect(stdout).toContain("priority    7\nfor         nobody\n");
    expect(stdout).toContain('header      trace: x\npayload     "later"\n');
    expect(await json("peek", "states", held!)).toMatchObject({
      state: "leased",
      holder: { app: "nobody", id: "holder" },
    });
  });

  it("refuses what makes no sense", async () => {
    expect(await queue("peek", "states", "1", "--state", "dead")).toMatchObject({ code: 2 });
    await fill("here", [1]);
    expect(await queue("peek", "here", "zzzzzzzzzzz")).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("there is no message zzzzzzzzzzz in here\n"),
    });
  });
});

describe("dead messages", () => {
  it("are shown with their cause, and live again", async () => {
    const ids = await fill("mortal", ["a", "b", "c"]);
    await kill("mortal", 3);
    const { stdout } = await queue("dead", "mortal");
    expect(stdout).toMatch(/^ID +CAUSE +ATTEMPT +DEAD FOR +PAYLOAD\n/);
    expect(stdout).toMatch(new RegExp(`\n${ids[0]} +rejected +1/20 +\\d+ s {2}"a"\n`));
    expect((await records("dead", "mortal")).map(({ cause, payload }) => [cause, payload])).toEqual(
      ["a", "b", "c"].map((payload) => ["rejected", payload]),
    );
    expect(await queue("redrive", "mortal")).toMatchObject({ code: 2 });
    expect(await queue("redrive", "mortal", "--all", ids[0]!)).toMatchObject({ code: 2 });
    expect(await queue("redrive", "mortal", ids[1]!)).toMatchObject({ code: 0, stdout: "✓ 1 message ready again\n" });
    expect(await json("redrive", "mortal", "--all")).toEqual({ count: 2 });
    expect(await json("info", "mortal")).toMatchObject({ ready: 3, dead: 0 });
  });

  it("are what the doctor warns of", async () => {
    await fill("ill", [1]);
    await kill("ill", 1);
    const { stdout, code } = await sg.run(["doctor"]);
    expect(stdout).toMatch(/\n! queues {4}\d+ queues, \d+ messages; 1 dead in ill\n/);
    expect(code).toBe(0);
    await queue("purge", "ill", "--state", "dead", "--yes");
  });
});

describe("sg queue ack and purge", () => {
  it("remove messages, and end with 5 where one was not there", async () => {
    const ids = await fill("full", [1, 2, 3, 4]);
    expect(await queue("ack", "full", ids[0]!, ids[0]!)).toMatchObject({ code: 0, stdout: "✓ 1 message removed\n" });
    expect(await queue("ack", "full", ids[0]!, ids[1]!)).toEqual({
      code: 5,
      stdout: "1 message removed\n",
      stderr: "1 of 2 were not there to be changed.\n",
    });
    expect(await json("purge", "full", "--state", "all", "--yes")).toEqual({ count: 2 });
    expect(await queue("info", "full")).toMatchObject({ code: 5 });
  });

  it("remove nothing for good where nobody can be asked", async () => {
    await fill("kept", [1]);
    expect(await queue("purge", "kept", "--state", "all")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--yes says that you mean it"),
    });
    expect(await queue("purge", "kept", "--yes")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--state is missing"),
    });
    expect(await json("info", "kept")).toMatchObject({ ready: 1 });
  });
});

describe("sg queue pause and resume", () => {
  it("stop and start giving out", async () => {
    expect(await queue("pause", "held-up")).toMatchObject({ code: 0, stdout: "held-up is paused: 0 ready.\n" });
    await fill("held-up", [1]);
    expect(await json("info", "held-up")).toMatchObject({ paused: true, ready: 1 });
    expect(await queue("resume", "held-up")).toMatchObject({ stdout: "held-up gives messages out again: 1 ready.\n" });
    expect(await queue("resume", "nope")).toMatchObject({ code: 5 });
  });
});

describe("completion", () => {
  it("knows the queues", async () => {
    await fill("complete-me", [1]);
    const { stdout } = await sg.run(["__complete", "--", "queue", "push", "complete-"]);
    expect(stdout).toBe("complete-me\t1 ready, 0 dead\n");
  });
});
