import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "@singyeong/testing";
import { expect, it } from "vitest";
import { createSg } from "./sg.kit.ts";

it("keeps a server and its password, never shows it, and uses it", async () => {
  await using server = await startServer({ auth: "s3cret" });
  await using _client = await server.connect({ app: "api", id: "seoul" });
  using sg = createSg();
  const address = `127.0.0.1:${server.port}`;
  const added = await sg.run(["context", "add", "home", "--server", address, "--auth-file", "-"], {
    stdin: "s3cret\n",
  });
  const file = join(sg.home, "config", "singyeong", "contexts", "home.json");
  expect(added).toEqual({ code: 0, stdout: `Kept "home" in ${file}, and selected it.\n`, stderr: "" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toContain("s3cret");
  for (const args of [["list"], ["show"], ["show", "home"], ["list", "--json"], ["show", "--json"]]) {
    const { code, stdout } = await sg.run(["context", ...args]);
    expect(code).toBe(0);
    expect(stdout).toContain(address);
    expect(stdout).toContain("********");
    expect(stdout).not.toContain("s3cret");
  }
  expect((await sg.run(["nodes"])).stdout).toContain("seoul");
  expect(await sg.run(["nodes", "--context", "home", "--json"])).toMatchObject({ code: 0 });
  expect(await sg.run(["nodes"], { env: { SINGYEONG_SERVER: address } })).toMatchObject({ code: 4 });

  chmodSync(file, 0o644);
  expect(await sg.run(["nodes"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining(`chmod 600 ${file}`),
  });
  const doctor = await sg.run(["doctor", "--server", address, "--auth", "s3cret"]);
  expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining("! contexts  others can read home") });
});

it("never shows the password of an address, with a scheme or without", async () => {
  using sg = createSg();
  for (const [name, server, shown] of [
    ["bare", "api:s3cret@a:1", "api:********@a:1"],
    ["odd", "api:p@s3cret@b", "api:********@b"],
    ["dsn", "singyeong://api:s3cret@c?encoding=msgpack", "singyeong://api:********@c?encoding=msgpack"],
  ] as const) {
    const add = ["context", "add", name, "--server", server];
    for (const more of [[], ["--replace"], ["--replace", "--json"]]) {
      const { code, stdout, stderr } = await sg.run([...add, ...more]);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain("s3cret");
    }
    for (const args of [["show", name], ["show", name, "--json"], ["list"], ["list", "--json"]]) {
      const { stdout } = await sg.run(["context", ...args]);
      expect(stdout).toContain(shown);
      expect(stdout).not.toContain("s3cret");
    }
  }
});

it("is selected, replaced and forgotten", async () => {
  using sg = createSg();
  const run = (...args: string[]) => sg.run(["context", ...args]);
  expect(await run("list")).toMatchObject({ code: 0, stderr: expect.stringContaining("There is none yet") });
  await run("add", "one", "--server", "a:1");
  await run("add", "two", "--server", "singyeong://app:hidden@b:2", "--description", "the second");
  expect((await run("show", "two")).stdout).toContain("singyeong://app:********@b:2");
  expect(await run("add", "two", "--server", "c:3")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--replace"),
  });
  expect(await run("add", "two", "--server", "c:3", "--replace", "--use", "--json")).toMatchObject({ code: 0 });
  expect((await run("list")).stdout.split("\n")).toEqual([
    "   NAME  SERVER  PASSWORD  ENCODING  DESCRIPTION",
    "   one   a:1",
    "*  two   c:3",
    "",
  ]);
  expect(await run("use", "one")).toEqual({ code: 0, stdout: 'Selected "one".\n', stderr: "" });
  expect(await sg.run(["context", "use", "two"], { env: { SINGYEONG_SERVER: "x" } })).toMatchObject({
    stderr: "SINGYEONG_SERVER is set in this shell and wins over it.\n",
  });
  expect(await run("use", "--none")).toMatchObject({ code: 0 });
  expect(await run("show")).toMatchObject({ code: 2, stderr: expect.stringContaining("no context is selected") });
  expect(await run("remove", "one")).toMatchObject({ code: 0 });
  expect(await run("use", "one")).toMatchObject({ code: 2, stderr: expect.stringContaining("There are two.") });
  expect(await run("add", "../x", "--server", "a")).toMatchObject({ code: 2 });
  expect(await run("add", "x", "--server", "a b")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is no address"),
  });
  expect(await run("add", "x")).toMatchObject({ code: 2, stderr: expect.stringContaining("--server is missing") });
});
