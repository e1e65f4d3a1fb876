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

/** What the queue of a group holds, and how much of it is leased. */
async function info(group: string) {
  return JSON.parse((await sg.run(["queue", "info", `$topic/${group}`, "--json"])).stdout);
}

describe("sg pub", () => {
  it("prints the id, and how many groups there are", async () => {
    await using member = await server.connect({ app: "one" });
    await member.subscribe("pub.>", () => {}).subscribed();
    await member.subscribe("pub.*", () => {}, { group: "other" }).subscribed();
    const ran = await sg.run(["pub", "pub.a", "12345678901234567890"]);
    expect(ran).toMatchObject({ code: 0, stderr: "1 message published to pub.a\n" });
    expect(ran.stdout).toMatch(/^\S+ {2}2 groups\n$/);
    const { stdout } = await sg.run(["pub", "pub.a.b", "--text", "hi", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ id: expect.any(String), groups: 1 });
  });

  it("says that nobody subscribed, which is no failure", async () => {
    const ran = await sg.run(["pub", "nobody.listens", "1"]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+ {2}0 groups\n$/) });
    expect(ran.stderr).toBe("1 message published to nobody.listens; nobody gets it, as no group had subscribed\n");
    const { stderr } = await sg.run(["pub", "nobody.listens", "-"], { stdin: "1\n2\n" });
    expect(stderr).toBe("2 messages published to nobody.listens; nobody gets them, as no group had subscribed\n");
  });

  it("publishes a message per line, in their order", async () => {
    await using member = await server.connect({ app: "ordered" });
    const events = member.subscribe("ordered", { concurrency: 1 });
    await events.subscribed();
    const stdin = Array.from({ length: 300 }, (_, i) => `${i}\n`).join("");
    const ran = await sg.run(["pub", "ordered", "-", "--json"], { stdin });
    expect([ran.code, lines(ran.stdout).length]).toEqual([0, 300]);
    const got: unknown[] = [];
    for await (const { payload } of events) if (got.push(payload) === 300) break;
    expect(got).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  it("goes to the member that its target matches", async () => {
    await using _asia = sg.start(["sub", "choosy", "--meta", "region=asia"]);
    await using eu = sg.start(["sub", "choosy", "--meta", "region=eu", "--json"]);
    await Promise.all([
      _asia.said("in the group sg-sub"),
      eu.said("").then(() => server.awaitClient({ app: "sg-sub" })),
    ]);
    for (const n of [1, 2, 3]) await sg.run(["pub", "choosy", `${n}`, "--target", "region=eu", "-H", "trace: x"]);
    for (const n of [1, 2, 3])
      expect(JSON.parse((await eu.line())!)).toMatchObject({ payload: n, headers: { trace: "x" }, attempt: 1 });
  });

  it("waits for the first answer", async () => {
    await using sub = sg.start(["sub", "asked.*", "--reply", '{"n":12345678901234567890}', "-g", "answerers"]);
    await sub.said("in the group answerers");
    expect(await sg.run(["pub", "asked.a", "1", "--reply"])).toEqual({
      ...{ code: 0, stdout: '{"n":12345678901234567890}\n', stderr: "" },
    });
    expect(await sub.line()).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d {2}asked\.a {2}1 {2}wants a reply$/);
    const { stdout } = await sg.run(["pub", "asked.b", "2", "--reply", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ group: "answerers" });
  });

  it("ends with 5 where nobody could answer, and with 6 where nobody does", async () => {
    expect(await sg.run(["pub", "unasked", "1", "--reply"])).toMatchObject({
      ...{ code: 5, stdout: "", stderr: expect.stringContaining("no group has subscribed to unasked") },
    });
    await using member = await server.connect({ app: "mute" });
    await member.subscribe("mute", () => {}).subscribed();
    expect(await sg.run(["pub", "mute", "1", "--reply", "--timeout", "50ms"])).toMatchObject({ code: 6 });
  });

  it("waits in the queue of a group, which shows topic and target", async () => {
    const member = await server.connect({ app: "away" });
    await member.subscribe("waiting.>", () => {}).subscribed();
    await member.close();
    await sg.run(["pub", "waiting.a", "1"]);
    await sg.run(["pub", "waiting.b", "2", "--target", "region=eu"]);
    const { stdout } = await sg.run(["queue", "peek", "$topic/away"]);
    expect(lines(stdout)).toEqual([
      expect.stringMatching(/^ID .* FOR +PAYLOAD$/),
      expect.stringMatching(/ {2}waiting\.a +1$/),
      expect.stringMatching(/ {2}waiting\.b, region = eu {2}2$/),
    ]);
    const shown = await sg.run(["queue", "peek", "$topic/away", lines(stdout)[2]!.split(" ")[0]!]);
    expect(shown.stdout).toMatch(/\ntopic {7}waiting\.b\nfor {9}region = eu\n/);
  });

  it("prints what it would publish, and publishes nothing", async () => {
    const { stdout } = await sg.run(["pub", "dry", "1", "--target", "a=1", "--dry-run"]);
    const target = { ops: [{ path: "/a", op: "$eq", to: { value: 1 } }] };
    expect(JSON.parse(stdout)).toEqual({ topic: "dry", payload: 1, target, headers: {} });
  });

  it.each([
    [["pub", "a b", "1"], 2, '"a b" is no topic'],
    [["pub", "x", "hello"], 2, "Plain text needs --text"],
    [["pub", "x", "1", "--target", "a=1", "--query", "{}"], 2, "give one"],
    [["pub", "x"], 2, "standard input was empty"],
    [["pub", "orders.*", "1"], 2, '"orders.*" is a pattern, and no topic'],
    [["sub", "a", "a..b"], 2, '"a..b" is no pattern'],
    [["sub", "a.>.b"], 2, "* stands for one segment anywhere: a.*.b"],
    [["sub", "a", "--reply", "1", "--echo"], 2, "give one"],
  ])("of %j is refused", async (args, code, message) => {
    expect(await sg.run(args)).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
  });
});

describe("sg sub", () => {
  it("is told once why it is refused", async () => {
    const refused = await sg.run(["sub", "a.b", "--group", "x y"]);
    expect(refused).toMatchObject({ code: 4, stdout: "" });
    expect(refused.stderr).toMatch(/^sg: invalid dispatch payload: \/d\/group: .*\n$/);
    const { stderr } = await sg.run(["sub", "a.b", "--group", "x y", "--json"]);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "dispatch/invalid", exitCode: 4 } });
  });

  it("shows events on lines that no terminal obeys, and acknowledges them, until Ctrl-C", async () => {
    await using sub = sg.start(["sub", "shown.>", "-g", "shown"]);
    await sub.said("in the group shown");
    const publisher = await server.connect();
    await publisher.publish("shown.a", "x\u001b[2J", { headers: { "t\u009b": "y" } });
    expect(await sub.line()).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d {2}shown\.a {2}"x\\u001b\[2J" {2}t\\u009b: y$/);
    expect(await sub.interrupt()).toBe(0);
    expect(sub.stderr).toMatch(/\n1 event done\n$/);
    expect(await info("shown")).toMatchObject({ ready: 0, leased: 0 });
  });

  it("shares events with others of its group, and each group gets all", async () => {
    const start = (group: string) => sg.start(["sub", "shared", "-g", group]);
    await using one = start("together");
    await using two = start("together");
    await using alone = start("alone");
    for (const sub of [one, two, alone]) await sub.said("Try in another terminal");
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    await sg.run(["pub", "shared", "-"], { stdin: numbers.map((n) => `${n}\n`).join("") });
    for (const group of ["together", "alone"])
      await expect.poll(() => info(group)).toMatchObject({ ready: 0, leased: 0 });

    /** What it has shown, once it is told to end. */
    async function shown(sub: typeof one): Promise<readonly number[]> {
      const [, all] = await Promise.all([sub.interrupt(), sub.rest()]);
      return all.map((line) => Number(line.split("  ")[2]));
    }

    const [first, second] = [await shown(one), await shown(two)];
    expect([...first, ...second].toSorted((a, b) => a - b)).toEqual(numbers);
    expect(await shown(alone)).toEqual(numbers);
  });

  it("gets what is kept where it is told to", async () => {
    for (const n of [1, 2, 3]) await sg.run(["pub", "kept.x", `${n}`]);
    const ran = await sg.run(["sub", "kept.*", "-g", "late", "--from", "earliest", "--count", "3", "--json"]);
    expect(ran.code).toBe(0);
    expect(lines(ran.stdout).map((line) => JSON.parse(line).payload)).toEqual([1, 2, 3]);
  });

  it("runs a command for each, and gives back what that fails with", async () => {
    for (const n of [1, 2]) await sg.run(["pub", "run", `{"n":${n}}`]);
    const failed = join(sg.home, "has-failed");
    const command = `read line; echo "$SINGYEONG_TOPIC $SINGYEONG_GROUP $SINGYEONG_ATTEMPT $line"
      test "$line" = '{"n":2}' || test -e ${failed} || { touch ${failed}; false; }`;
    const args = ["sub", "run", "-g", "runners", "--from", "earliest", "-n", "3", "--exec", command];
    const ran = await sg.run(args);
    expect(ran.code).toBe(1);
    expect(lines(ran.stdout)).toEqual(['run runners 1 {"n":1}', 'run runners 1 {"n":2}', 'run runners 2 {"n":1}']);
    expect(ran.stderr).toMatch(/\S+ failed \(exit code 1\), and was given back\.\n2 events done, 1 failed\n$/);
  });

  it("needs no acknowledgement with --no-ack", async () => {
    for (const n of [1, 2]) await sg.run(["pub", "loose", `${n}`]);
    const ran = await sg.run(["sub", "loose", "-g", "loose", "--from", "earliest", "--no-ack", "-n", "2", "--json"]);
    expect(lines(ran.stdout).map((line) => JSON.parse(line).payload)).toEqual([1, 2]);
    expect(await info("loose")).toMatchObject({ ready: 0, leased: 0 });
  });
});
