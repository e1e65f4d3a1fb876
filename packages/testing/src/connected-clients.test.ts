import { describe, expect, test } from "vitest";
import { startServer } from "./start-server.ts";

describe("a client of a test server", () => {
  test("is let in with the server's password, and what it sends is on record", async () => {
    await using server = await startServer({ auth: "s3cret" });
    const worker = await server.connect({ app: "worker", id: "w", metadata: { region: "asia" } });
    const sender = await server.connect();
    expect([worker.restricted, sender.app]).toEqual([false, "test"]);
    expect(await server.awaitClient({ app: "worker" })).toEqual({
      app: "worker",
      id: "w",
      metadata: { region: "asia" },
    });
    expect(await sender.send("worker", { job: 1n << 60n }, { headers: { trace: "x" } })).toEqual({ count: 1 });
    expect(await server.nextDelivery({ app: "worker" })).toMatchObject({
      event: "SEND",
      id: "w",
      payload: { job: 1n << 60n },
      headers: { trace: "x" },
    });
  });

  test("is closed with the server, as is one that has closed before and one that never got in", async () => {
    const server = await startServer();
    const client = await server.connect({ encoding: "msgpack" });
    const early = await server.connect();
    await early.close();
    await expect(server.connect({ auth: "nobody asked for one" })).rejects.toMatchObject({
      code: "client/wrong-password",
    });
    await server[Symbol.asyncDispose]();
    expect(await client.closed()).toBeNull();
    expect(client.connected).toBe(false);
  });

  test("gives up where it still waits for a server that was stopped for good", async () => {
    const server = await startServer();
    await server.kill();
    const waiting = server.connect({ waitForServer: true });
    await server[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: "client/aborted" });
  });

  test("comes back after a crash", async () => {
    await using server = await startServer();
    const client = await server.connect({ id: "c", reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
    await server.kill();
    await server.restart();
    expect(await server.awaitClient({ app: "test", id: "c" })).toMatchObject({ id: "c" });
    expect(await client.send("test", "to itself")).toEqual({ count: 1 });
  });
});
