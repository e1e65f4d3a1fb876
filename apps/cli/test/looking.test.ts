import { version } from "@singyeong/client";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

let server: TestServer;
let sg: Sg;

beforeAll(async () => {
  server = await startServer();
  sg = createSg(`127.0.0.1:${server.port}`);
  const metadata = {
    region: "asia",
    latency: 12,
    build: version("2.1.0"),
    guild: 1234567890123456789n,
    limits: { cpu: 4 },
  };
  await server.connect({ app: "gateway", id: "seoul", tags: ["edge", "asia"], metadata });
  await server.connect({ app: "gateway", id: "berlin", tags: ["edge"], metadata: { region: "europe", latency: 48 } });
  await server.connect({ app: "shop", id: "till-1", metadata: { note: "\u001b[31mred\u009b\n" } });
});
afterAll(async () => {
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

const json = async (...args: string[]) => {
  const ran = await sg.run([...args, "--json"]);
  expect(ran.stderr).toBe("");
  return JSON.parse(ran.stdout);
};

describe("sg nodes", () => {
  it("lists clients by application, and nothing that a terminal would obey", async () => {
    const { stdout, stderr, code } = await sg.run(["nodes"]);
    expect(stdout.split("\n")).toEqual([
      "APP      CLIENT  ADDRESS    METADATA",
      "gateway  berlin  127.0.0.1  region=europe latency=48",
      '         seoul   127.0.0.1  region=asia latency=12 build=2.1.0 guild=1234567890123456789 limits={"cpu":4}',
      'shop     till-1  127.0.0.1  note="\\u001b[31mred\\u009b\\n"',
      "",
    ]);
    expect([stderr, code]).toEqual(["3 clients of 2 applications\n", 0]);
  });

  it("lists one application's, and those with tags", async () => {
    expect((await json("nodes", "shop")).map(({ id }: { id: string }) => id)).toEqual(["till-1"]);
    expect((await json("nodes", "--tags", "edge,asia")).map(({ id }: { id: string }) => id)).toEqual(["seoul"]);
  });
});

describe("sg query", () => {
  it("shows what clients have at the paths that it compares", async () => {
    const { stdout } = await sg.run(["query", "gateway", "latency<100 && !exists tier"]);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "APP      CLIENT  /latency  /tier",
      "gateway  berlin  48        -",
      "         seoul   12        -",
    ]);
  });

  it("shows the columns asked for", async () => {
    const { stdout } = await sg.run(["query", "gateway", "--min", "latency", "--show", "build,limits.cpu"]);
    expect(stdout.split("\n").slice(0, 2)).toEqual([
      "APP      CLIENT  /build  /limits/cpu",
      "gateway  seoul   2.1.0   4",
    ]);
  });

  it("keeps every digit in JSON", async () => {
    const { stdout } = await sg.run(["query", "*", "guild=1234567890123456789", "--json"]);
    expect(stdout).toContain('"guild":1234567890123456789');
  });

  it("says that nobody matches, with an exit code where that is asked for", async () => {
    expect(await sg.run(["query", "nobody"])).toEqual({ code: 0, stdout: "", stderr: "No client matches.\n" });
    expect(await sg.run(["query", "nobody", "--exit-code", "--json"])).toEqual({ code: 5, stdout: "[]\n", stderr: "" });
  });

  it("refuses an expression that is none, and shows where", async () => {
    const { code, stderr } = await sg.run(["query", "gateway", "latency =! 3"]);
    expect(code).toBe(2);
    expect(stderr).toContain("  latency =! 3\n           ^\n");
  });

  it("passes on what the server refuses", async () => {
    const query = '{"ops":[{"path":"/x","op":"$foo"}]}';
    expect(await sg.run(["query", "--query", query])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("/ops/0/op"),
    });
  });
});

describe("sg explain", () => {
  it("shows who would get a message, and why the others would not", async () => {
    const { stdout, code } = await sg.run(["explain", "gateway", "latency<20 && (region=asia || tier>3)"]);
    expect(code).toBe(0);
    expect(stdout).toContain("2 clients considered, 1 matches.\nIt would go to gateway seoul\n");
    expect(stdout).toContain("✓ gateway seoul\n");
    expect(stdout).toContain("✗ gateway berlin\n    ✗ /latency $lt  48 is not < 20\n");
    expect(stdout).toContain(
      '    ? any of\n      ✗ /region $eq  "europe" is not equal to "asia"\n      ? /tier $gt  path is missing\n',
    );
  });

  it("says it for a program", async () => {
    const explanation = await json("explain", "gateway", "latency<5");
    expect(explanation).toMatchObject({ considered: 2, matched: 0, choices: 0, chosen: [], truncated: false });
    expect(explanation.candidates[0]).toMatchObject({
      app: "gateway",
      matched: false,
      reason: "ops",
      ops: [{ at: "/ops/0", outcome: "false" }],
    });
  });
});

describe("sg meta", () => {
  it("shows types and values", async () => {
    const { stdout } = await sg.run(["meta", "gateway", "seoul"]);
    expect(stdout).toMatch(/^gateway seoul {2}127\.0\.0\.1\n {2}KEY +TYPE +VALUE\n/);
    expect(stdout).toMatch(/ {2}build +version +2\.1\.0\n {2}guild +integer +1234567890123456789\n/);
  });

  it("tells who there is where a client is not", async () => {
    expect(await sg.run(["meta", "gateway", "soul"])).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(
        /no client "soul" of "gateway" is connected\nIts clients: (seoul, berlin|berlin, seoul)/,
      ),
    });
    expect(await json("meta", "shop")).toMatchObject([{ app: "shop", id: "till-1", types: { note: "string" } }]);
  });
});

describe("sg discover", () => {
  it("lists applications by tags", async () => {
    expect(await sg.run(["discover", "edge", "asia"])).toEqual({ code: 0, stdout: "gateway\n", stderr: "" });
    expect(await json("discover", "nothing")).toEqual([]);
    expect(await sg.run(["discover", "nothing", "--exit-code"])).toMatchObject({ code: 5 });
  });
});

describe("sg help", () => {
  it("describes all commands for a program, or one of them", async () => {
    const { commands } = await json("help");
    expect(commands.map(({ name }: { name: string }) => name)).toContain("explain");
    expect(await json("help", "context", "add")).toMatchObject({
      name: "add",
      arguments: [{ name: "name", required: true }],
    });
    expect(await sg.run(["help", "bogus", "--json"])).toMatchObject({ code: 2 });
  });
});

describe("sg version", () => {
  it("says its own, and the server's where that is asked for", async () => {
    expect(await sg.run(["version"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^sg \d+\.\d+\.\d+ on Node\.js 2\d\.\d+\.\d+\n$/),
    });
    expect((await sg.run(["--version"])).stdout).toBe((await sg.run(["version"])).stdout);
    const dsn = `singyeong://app:s3cret@127.0.0.1:${server.port}`;
    expect(JSON.stringify(await json("version", "-s", dsn))).not.toContain("s3cret");
    expect(await json("version", "--remote")).toMatchObject({
      server: { api: "v1", address: `127.0.0.1:${server.port}` },
    });
  });
});

describe("sg doctor", () => {
  it("finds all well", async () => {
    const { checks, ok } = await json("doctor");
    expect(ok).toBe(true);
    expect(checks.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)).toEqual(
      [
        ...["settings", "contexts", "name", "port", "http", "ready", "password"],
        ...["client", "heartbeat", "message", "queues"],
      ].map((name) => `${name} ok`),
    );
  });
});

describe("sg bench", () => {
  it("measures, in either way", async () => {
    for (const [event, copies] of [
      ["send", 1],
      ["broadcast", 3],
    ] as const) {
      const result = await json("bench", "-n", "300", "--clients", "3", "--senders", "2", "--event", event);
      expect(result).toMatchObject({
        event,
        clients: 3,
        senders: 2,
        sent: 300,
        expected: 300 * copies,
        received: 300 * copies,
      });
      expect(result.latencyMs.p50).toBeGreaterThan(0);
      expect(result.latencyMs.max).toBeGreaterThanOrEqual(result.latencyMs.p99);
    }
  });

  it("spares servers that are not this machine", async () => {
    const ran = await sg.run(["bench", "-s", "sg.example:4567"]);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes says that you mean it") });
  });
});
