import { describe, expect, test } from "vitest";
import { identifyRaw, openRaw } from "./raw-client.kit.ts";
import { startServer } from "./start-server.ts";

const listeners = ["uws", "node"] as const;
const to = (application: string, payload: unknown, more: object = {}) => ({
  target: { application },
  payload,
  ...more,
});

describe.each(listeners)("a server in a test (%s)", (listener) => {
  test("lists who is registered, with plain metadata", async () => {
    await using server = await startServer({ listener });
    expect(server.clients()).toEqual([]);
    const metadata = { region: { type: "string", value: "asia" }, big: { type: "integer", value: 7 } };
    using _a = await identifyRaw(server, "api", "a", { metadata });
    using _b = await identifyRaw(server, "web", "b");
    expect(server.clients()).toEqual([
      { app: "api", id: "a", metadata: { region: "asia", big: 7 } },
      { app: "web", id: "b", metadata: {} },
    ]);
    expect(server.connections).toBe(2);
  });

  test("records what it delivers, to whom, with the headers that they get", async () => {
    await using server = await startServer({ listener });
    using a = await identifyRaw(server, "api", "a");
    using _b = await identifyRaw(server, "api", "b", { caps: ["receipt"] });
    const message = to("api", { text: "hi" }, { nonce: "n", headers: { trace: "x" } });
    a.dispatch("BROADCAST", message);
    const got = [await server.nextDelivery({ id: "b" }), await server.nextDelivery({ id: "a" })];
    const shared = { event: "BROADCAST", app: "api", nonce: "n", payload: { text: "hi" } };
    expect(got).toEqual([
      { ...shared, id: "b", headers: { trace: "x" } },
      { ...shared, id: "a", headers: {} },
    ]);
    expect(server.delivered({ app: "api" })).toHaveLength(2);
    expect(server.delivered({ app: "web" })).toEqual([]);
  });

  test("tells who arrives, whether before or after the question", async () => {
    await using server = await startServer({ listener });
    const awaited = server.awaitClient({ app: "api", id: "b" });
    using _a = await identifyRaw(server, "api", "a");
    expect(await server.awaitClient({ app: "api" })).toMatchObject({ id: "a" });
    using _b = await identifyRaw(server, "api", "b", { metadata: { n: { type: "integer", value: 1 } } });
    expect(await awaited).toEqual({ app: "api", id: "b", metadata: { n: 1 } });
    const stranger = server.awaitClient({ app: "nobody" }, { signal: AbortSignal.abort("enough") });
    await expect(stranger).rejects.toBe("enough");
  });

  test("says goodbye, closes, and comes back on the same port", async () => {
    await using server = await startServer({ listener });
    using client = await identifyRaw(server, "api", "a");
    const gone = server.goodbye("deploying");
    expect(await client.next()).toMatchObject({ op: 7, d: { reason: "deploying" } });
    expect(await client.closed).toBe(1000);
    await gone;
    expect([server.clients(), server.connections]).toEqual([[], 0]);
    await expect(fetch(`${server.httpUrl}/api/version`)).rejects.toThrow();
    await server.restart();
    using _again = await identifyRaw(server, "api", "a");
    expect(server.clients()).toMatchObject([{ id: "a" }]);
  });

  test("dies as in a crash, and comes back again and again on the same port", async () => {
    await using server = await startServer({ listener });
    for (let round = 0; round < 20; round++) {
      using client = await identifyRaw(server, "api", "a");
      using stranger = await openRaw(server);
      client.dispatch("SEND", to("api", round));
      await server.nextDelivery();
      await server.kill();
      expect(server.connections).toBe(0);
      expect([await client.closed, await stranger.closed]).toEqual([1006, 1006]);
      await expect(fetch(`${server.httpUrl}/api/version`)).rejects.toThrow();
      await server.restart();
    }
    expect(server.delivered().map(({ payload }) => payload)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test("restarts while it runs, which cuts who is there", async () => {
    await using server = await startServer({ listener });
    using client = await identifyRaw(server, "api", "a");
    await server.restart();
    expect(await client.closed).toBe(1006);
    expect(server.clients()).toEqual([]);
  });

  test("is cut short in its goodbye by kill", async () => {
    await using server = await startServer({ listener });
    using client = await identifyRaw(server, "api", "a");
    const gone = server.goodbye();
    await server.kill();
    await gone;
    await client.closed;
    await server.restart();
  });

  test("misses heartbeats when the clock is stepped", async () => {
    await using server = await startServer({ listener, clock: "stepped", heartbeatIntervalMs: 1000 });
    using client = await identifyRaw(server, "api", "a");
    server.clock.step(1400);
    expect(server.clients()).toHaveLength(1);
    server.clock.step(300);
    expect(server.clients()).toEqual([]);
    expect(await client.next()).toMatchObject({ op: 8, d: { code: "heartbeat/missed" } });
    server.clock.step(200);
    expect(await client.closed).toBe(1000);
  });

  test("says goodbye with a stepped clock too, which it moves itself", async () => {
    await using server = await startServer({ listener, clock: "stepped" });
    const before = server.clock.now();
    using client = await identifyRaw(server, "api", "a");
    await server.goodbye();
    expect(await client.next()).toMatchObject({ op: 7 });
    expect(await client.closed).toBe(1000);
    expect(server.clock.now()).toBeGreaterThan(before);
    await server.restart();
    using _again = await identifyRaw(server, "api", "a");
  });
});

test("settings reach the server, and its addresses and DSN name it", async () => {
  await using server = await startServer({ auth: "p@ss" });
  expect(server.url).toBe(`ws://127.0.0.1:${server.port}`);
  expect(server.dsn("api")).toBe(`singyeong://api:p%40ss@127.0.0.1:${server.port}`);
  expect(server.dsn("a b", { auth: null, encoding: "msgpack" })).toBe(
    `singyeong://a%20b@127.0.0.1:${server.port}?encoding=msgpack`,
  );
  expect((await fetch(`${server.httpUrl}/api/v1/query`, { method: "POST", body: "{}" })).status).toBe(401);
  const { status } = await fetch(`${server.httpUrl}/metrics`, { headers: { authorization: "p@ss" } });
  expect(status).toBe(200);
});

test("a setting that is wrong is named", async () => {
  await expect(startServer({ maxDepth: 1 })).rejects.toThrow(
    new TypeError("settings are wrong: maxDepth: this is not a whole number from 8 to 1000"),
  );
  const unknown = { colour: "red" } as object;
  await expect(startServer(unknown)).rejects.toThrow("colour: there is no such setting");
});

test("a port that is taken is refused", async () => {
  await using server = await startServer();
  await expect(startServer({ port: server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("who still waits when the server is stopped for good is told so", async () => {
  const server = await startServer();
  const waiting = [server.nextDelivery(), server.awaitClient({ app: "api" })];
  await server[Symbol.asyncDispose]();
  for (const promise of waiting) await expect(promise).rejects.toThrow("stopped for good");
  await expect(server.nextDelivery()).rejects.toThrow("stopped for good");
});

test("servers side by side know nothing of each other", async () => {
  await using one = await startServer();
  await using two = await startServer();
  using _client = await identifyRaw(one, "api", "a");
  expect([one.clients().length, two.clients().length]).toEqual([1, 0]);
});
