import { once } from "node:events";
import { createServer } from "node:net";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

let server: TestServer;
let sg: Sg;

beforeAll(async () => {
  server = await startServer({ auth: "s3cret", authAttempts: 0 });
  sg = createSg(`127.0.0.1:${server.port}`);
  await server.connect({ app: "api" });
});
afterAll(async () => {
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  taken.close();
  return port;
}

describe("a server with a password", () => {
  it.each([
    [["nodes"]],
    [["query", "api"]],
    [["explain", "api"]],
    [["meta", "api"]],
    [["discover", "a"]],
    [["send", "api", "1"]],
    [["broadcast", "api", "1"]],
    [["bench", "-n", "10"]],
    [["doctor"]],
  ])("refuses sg %j without it, and with a wrong one", async (args) => {
    for (const auth of [[], ["--auth", "wrong"]]) {
      const { code, stderr, stdout } = await sg.run([...args, ...auth]);
      expect(code).toBe(4);
      expect(stderr + stdout).toMatch(/password/);
      expect(stderr + stdout).not.toMatch(/s3cret|wrong\b/);
    }
  });

  it("takes it from the environment, a file, standard input and a DSN", async () => {
    const args = ["send", "api", "1"];
    expect(await sg.run(args, { env: { SINGYEONG_AUTH: "s3cret" } })).toMatchObject({ code: 0 });
    expect(await sg.run([...args, "--auth-file", "-"], { stdin: "s3cret\n" })).toMatchObject({ code: 0 });
    expect(await sg.run(["nodes", "--auth", "s3cret"])).toMatchObject({ code: 0 });
    const dsn = `singyeong://me:s3cret@127.0.0.1:${server.port}`;
    expect(await sg.run([...args, "--server", dsn])).toMatchObject({ code: 0 });
    expect(await sg.run(["bench", "-n", "10", "--server", dsn])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining("s3cret"),
    });
  });

  it.each(["", "singyeong://", "http://"])("is reached at %sme:password@host, which is never shown", async (scheme) => {
    const dsn = `${scheme}me:s3cret@127.0.0.1:${server.port}`;
    for (const args of [["doctor"], ["doctor", "--json"], ["version", "--json"], ["bench", "-n", "10"]]) {
      const { code, stdout, stderr } = await sg.run([...args, "--server", dsn]);
      expect(code).toBe(0);
      expect(stdout + stderr).toContain(`127.0.0.1:${server.port}`);
      expect(stdout + stderr).not.toContain("s3cret");
    }
  });

  it("lets sg watch in without it, restricted", async () => {
    await using watch = sg.start(["watch"]);
    await watch.said("Without the server's password");
    const ran = await sg.run(["send", "sg-watch", "--restricted", "7"], { env: { SINGYEONG_AUTH: "s3cret" } });
    expect(ran).toMatchObject({ code: 0 });
    expect(await watch.line()).toContain("  7");
  });
});

describe("no server", () => {
  it.each([[["nodes"]], [["send", "api", "1"]], [["watch"]], [["doctor"]], [["version", "--remote"]]])(
    "ends sg %j with 3",
    async (args) => {
      const { code, stderr, stdout } = await sg.run([...args, "-s", `127.0.0.1:${await freePort()}`]);
      expect(code).toBe(3);
      expect(stderr + stdout).toMatch(/is (it|the server) running/i);
    },
  );

  it("ends with 3 as well where something else answers", async () => {
    const other = createServer((socket) => {
      socket.on("error", () => {});
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    }).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    for (const args of [["nodes"], ["send", "api", "1"], ["doctor"]])
      expect(await sg.run([...args, "-s", `127.0.0.1:${port}`]), args[0]).toMatchObject({ code: 3 });
    other.close();
  });

  it.each([
    ["503 Busy", "as many connections as it takes, or is shutting down", 3],
    ["403 No", "not every encoding", 3],
    ["503 Busy\r\nx-singyeong-error: limit/connections", "Try later", 3],
    ["503 Busy\r\nx-singyeong-error: server/draining", "Wait until it, or another one, is up", 3],
    ["403 No\r\nx-singyeong-error: auth/forbidden", "not every encoding", 4],
  ])("is not asked for where a connection is refused with %j", async (status, advice, exitCode) => {
    const full = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`);
    }).listen(0, "127.0.0.1");
    await once(full, "listening");
    const { port } = full.address() as { port: number };
    const { code, stderr } = await sg.run(["send", "api", "1", "-s", `127.0.0.1:${port}`]);
    full.close();
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(advice)]);
    expect(stderr).toContain(`sg: cannot connect to 127.0.0.1:${port}: ${status.slice(0, 3)}, `);
    expect(stderr).not.toContain("Is it running");
  });

  it("is told in JSON where that is asked for", async () => {
    const port = await freePort();
    const { stderr, stdout } = await sg.run(["nodes", "--json", "-s", `127.0.0.1:${port}`]);
    expect(stdout).toBe("");
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "client/unreachable", exitCode: 3, message: expect.stringContaining(`127.0.0.1:${port}`) },
    });
  });
});

describe("a command line that is wrong", () => {
  it.each([
    [["nods"], 'sg: unknown command "nods" (Did you mean nodes?)\nsg help lists the commands.\n'],
    [["send"], "sg: an application is missing"],
    [["send", "api", "hello"], "Plain text needs --text"],
    [["send", "api", "region=eu"], "the payload is missing behind the expression"],
    [["watch", "--meta", "x"], "expected key=value"],
    [["watch", "--meta", "v:version=2"], "expected a semantic version"],
    [["help", "bogus"], 'there is no help on "bogus"'],
    [["completion", "tcsh"], "it is one of bash, zsh, fish"],
    [["nodes", "-s", "a b"], '"a b" (from --server) is no address of a server'],
    [["send", "a", "1", "-s", "ftp://a:b@c"], '"ftp:********@c" (from --server) is no address'],
    [["nodes", "-s", "a:p@ss@c/path"], '"a:********@c/path" (from --server) is no address'],
    [["context", "add", "x", "-s", "a:p/ss@c"], '"a:********@c" is no address'],
    [["doctor", "-s", "a:p\u001b[2Jss@c\u001b[2J"], '"a:********@c\\u001b[2J" (from --server) is no address'],
  ])("%j ends with 2", async (args, message) => {
    expect(await sg.run(args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  });

  it("is told in JSON where that is asked for", async () => {
    const { code, stderr } = await sg.run(["nods", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "cli/misuse",
        message: 'unknown command "nods" (Did you mean nodes?)',
        advice: "sg help lists the commands.",
        exitCode: 2,
      },
    });
  });
});
