import { compose, loadConfig } from "@singyeong/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpApi } from "../src/http/create-http-api.ts";

const password = "s3cret: p@ss /%";
const loaded = loadConfig(
  ["--host", "127.0.0.1", "--port", "0", "--auth", password, "--log-level", "silent", "--queue-store", "memory"],
  {},
);
if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
const server = await compose(loaded.config);
const address = `127.0.0.1:${await server.listen()}`;
afterAll(() => server.drain("test is over"));

/** Registers a client by bare frames; resolves once it is ready. */
function register(id: string, metadata: string, tags: readonly string[] = []): Promise<void> {
  const socket = new WebSocket(`ws://${address}/gateway/websocket`);
  const d = JSON.stringify({ client_id: id, application_id: "api", auth: password, tags }).slice(0, -1);
  return new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(`{"op":1,"d":${d},"metadata":${metadata}}}`);
    socket.onmessage = ({ data }) => {
      const { op } = JSON.parse(data);
      if (op === 2) resolve();
      if (op === 8) reject(new Error(data));
    };
  });
}

beforeAll(async () => {
  await register(
    "a",
    '{"guild":{"type":"integer","value":123456789012345678},"region":{"type":"string","value":"eu"},"build":{"type":"version","value":"2.1.0"}}',
    ["edge", "asia"],
  );
  await register("b", '{"guild":{"type":"integer","value":5}}', ["edge"]);
});

const api = createHttpApi({ server: address, auth: password });

it("lists the clients that a query matches, every digit of their numbers in place", async () => {
  const value = 123456789012345678n;
  const nodes = await api.query({ application: "api", ops: [{ path: "/guild", op: "$eq", to: { value } }] });
  expect(nodes).toMatchObject([
    {
      app: "api",
      id: "a",
      metadata: { guild: value, region: "eu", build: "2.1.0" },
      types: { guild: "integer", region: "string", build: "version" },
      ip: expect.stringContaining("127.0.0.1"),
      queues: [],
    },
  ]);
});

it("takes an application's name for everyone of it", async () => {
  expect((await api.query("api")).map(({ id }) => id).sort()).toEqual(["a", "b"]);
  expect(await api.query("nobody")).toEqual([]);
});

it("explains who would get a message, and why the others would not", async () => {
  const query = { application: "api", ops: [{ path: "/region", op: "$eq", to: { value: "eu" } }] } as const;
  const explanation = await api.explain(query);
  expect(explanation).toMatchObject({
    considered: 2,
    matched: 1,
    choices: 1,
    chosen: [{ app: "api", id: "a" }],
    fallback: false,
    truncated: false,
  });
  expect(explanation.candidates.find(({ id }) => id === "b")).toEqual({
    app: "api",
    id: "b",
    matched: false,
    reason: "ops",
    ops: [{ at: "/ops/0", op: "$eq", path: "/region", outcome: "unknown", message: expect.any(String) }],
  });
  const cut = await api.explain("api", { limit: 1 });
  expect([cut.candidates.length, cut.truncated]).toEqual([1, true]);
});

it("discovers applications by tags", async () => {
  expect(await api.discover(["edge", "asia"])).toEqual(["api"]);
  expect(await api.discover(["edge", "& ünknown"])).toEqual([]);
});

it("tells the version, without a password", async () => {
  expect(await createHttpApi({ server: address }).version()).toEqual({ singyeong: expect.any(String), api: "v1" });
});

describe("a password", () => {
  it("is asked for", async () => {
    const call = createHttpApi({ server: address }).query("api");
    await expect(call).rejects.toMatchObject({ code: "http/unauthorized", message: "the server asks for a password" });
  });

  it("is refused where it is wrong", async () => {
    const call = createHttpApi({ server: address, auth: "wrong" }).discover([]);
    await expect(call).rejects.toMatchObject({ code: "http/unauthorized" });
  });

  it("may be part of the DSN", async () => {
    const { discover } = createHttpApi({ server: `singyeong://:${encodeURIComponent(password)}@${address}` });
    expect(await discover(["asia"])).toEqual(["api"]);
  });
});

it("rejects with the server's code, its words and its details", async () => {
  await expect(api.query({ ops: [{ path: "region", op: "$eq", to: { value: 1 } }] })).rejects.toMatchObject({
    name: "SingyeongError",
    code: "query/invalid",
    retry: "never",
    message: expect.stringContaining("expected a path that starts with /"),
    details: { at: "/ops/0/path", rule: "query/bad-path" },
  });
});
