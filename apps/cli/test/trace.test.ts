import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Hop } from "../src/trace/hop.ts";
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

async function trace(...args: string[]) {
  const { code, stdout, stderr } = await sg.run(["trace", ...args, "--json"]);
  expect(stderr).toBe("");
  return {
    code,
    ...(JSON.parse(stdout) as { traceId: string; hops: Hop[]; result?: string; error?: { code: string } }),
  };
}

describe("sg trace shows what the server does with", () => {
  it("a message, and whom it went to", async () => {
    const client = await server.connect({ app: "api", id: "one" });
    const received = client.messages().next();
    const { code, traceId, hops, result } = await trace("api", '{"hi":1}');
    expect([code, result]).toEqual([0, "handed to 1 client"]);
    expect(hops[0]).toMatchObject({ name: "send api", kind: "producer", code: null, client: { app: "sg" } });
    expect(hops.some((hop) => hop.client?.app === "api" && hop.client.id === "one")).toBe(true);
    const { value: message } = await received;
    expect([message!.payload, message!.headers.traceparent]).toEqual([{ hi: 1 }, expect.stringContaining(traceId)]);
  });

  it("a call, and what failed", async () => {
    const client = await server.connect({ app: "math" });
    client.serve({ add: ([a, b]: [number, number]) => a + b });
    expect(await trace("math", "[1,2]", "--call", "add")).toMatchObject({ code: 0, result: "answered" });
    const failed = await trace("nobody", "1");
    expect(failed).toMatchObject({ code: 5, error: { code: "route/no-match" } });
    expect(failed.hops[0]?.code).toBe("route/no-match");
  });

  it("a job that somebody is done with meanwhile", async () => {
    const client = await server.connect({ app: "worker" });
    client.queue("jobs").consume(() => {});
    const { code, result, hops } = await trace("worker", "1", "--push", "jobs");
    expect([code, result]).toEqual([0, expect.stringMatching(/^stored as /)]);
    expect(hops.length).toBeGreaterThan(1);
  });

  it("a publication", async () => {
    expect(await trace("*", "1", "--publish", "a.b")).toMatchObject({
      code: 0,
      result: "stored for nobody: no group has subscribed to it",
    });
  });
});

it("shows it as a tree for people", async () => {
  await server.connect({ app: "tree" });
  const { stdout } = await sg.run(["trace", "tree"]);
  expect(stdout).toMatch(/^[\da-f]{32} {2}handed to 1 client\n\nhop .*took.*client.*\n\S.*tree.* ms.*\n(└─|├─) /);
});

it.each([
  [["api", "--call", "a", "--push", "b"], "different ways"],
  [[], "an application is missing"],
  [["api", "a=1", "1", "2"], "too many arguments"],
])("refuses %j", async (args, message) => {
  expect(await sg.run(["trace", ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
