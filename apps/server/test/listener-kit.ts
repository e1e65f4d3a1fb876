import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import type { CreateListener } from "../src/ports/listener.ts";
import { dial, startListener } from "./listener-harness.ts";
import { describeAttacks } from "./listener-kit-attacks.ts";
import { describeHttp } from "./listener-kit-http.ts";
import { describeLimits } from "./listener-kit-limits.ts";
import { describeProxies } from "./listener-kit-proxies.ts";
import { describeStreams } from "./listener-kit-streams.ts";
import { describeTls } from "./listener-kit-tls.ts";
import { describeVolume } from "./listener-kit-volume.ts";

/** What every adapter of the `Listener` port promises, over real sockets. */
export function describeListener(name: string, load: () => Promise<CreateListener>): void {
  describe(`${name}: WebSockets`, () => describeSockets(load));
  describe(`${name}: slow consumers`, () => describeBacklog(load));
  describe(`${name}: ports`, () => describePorts(load));
  describe(`${name}: HTTP`, () => describeHttp(load));
  describe(`${name}: streamed bodies`, () => describeStreams(load));
  describe(`${name}: large bodies`, () => describeVolume(load));
  describe(`${name}: attacks`, () => describeAttacks(load));
  describe(`${name}: limits`, () => describeLimits(load));
  describe(`${name}: proxies`, () => describeProxies(load));
  describe(`${name}: TLS`, () => describeTls(load));
}

function describeSockets(load: () => Promise<CreateListener>): void {
  test("an upgrade is accepted with its path, its query and the peer's address", async () => {
    await using server = await startListener(await load());
    await dial(server.port, "/some/path?binary");
    const { hello } = await server.connection();
    expect(hello).toEqual({ encoding: "/some/path?binary", binary: true, peer: "127.0.0.1", isRelayed: false });
  });

  test.each([403, 404, 503])("an upgrade is refused with the status %i", async (status) => {
    await using server = await startListener(await load());
    await expect(dial(server.port, `/refuse/${status}`)).rejects.toThrow(String(status));
    const socket = connect(server.port, "127.0.0.1").setEncoding("utf8");
    const upgrade = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"].join("\r\n");
    const key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";
    socket.write(`GET /refuse/${status} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n${key}\r\n\r\n`);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\\r\\nx-why: so\\r\\n`));
  });

  test("text arrives as text, binary as binary, in order", async () => {
    await using server = await startListener(await load());
    const { socket } = await dial(server.port);
    const connection = await server.connection();
    const frames = ["a", Buffer.from([0, 255]), "신경", Buffer.alloc(0), ""];
    for (const frame of frames) socket.send(frame);
    for (const frame of frames) expect(await connection.message()).toEqual(frame);
  });

  test.each([
    ["text", "/", (frame: string) => frame],
    ["text given as bytes", "/", (frame: string) => Buffer.from(frame)],
    ["binary", "/?binary", (frame: string) => Buffer.from(frame)],
  ])("%s goes out in the order it was sent, within a turn and across turns", async (_name, path, write) => {
    await using server = await startListener(await load());
    const client = await dial(server.port, path);
    const { outbox } = await server.connection();
    const frames = Array.from({ length: 300 }, (_, i) => `frame ${i}`);
    for (const frame of frames.slice(0, 200)) expect(outbox.send(write(frame))).toBe(true);
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (const frame of frames.slice(200)) expect(outbox.send(write(frame))).toBe(true);
    for (const frame of frames) {
      const received = await client.message();
      expect(typeof received === "string").toBe(path === "/");
      expect(received.toString()).toBe(frame);
    }
  });

  test("a close comes after what was sent before it, with its code and reason, and closed is called once", async () => {
    await using server = await startListener(await load());
    const client = await dial(server.port);
    const connection = await server.connection();
    connection.outbox.send("last words");
    connection.outbox.close(1000, "enough");
    expect(connection.outbox.send("too late")).toBe(false);
    connection.outbox.close(1011, "again");
    expect(await client.message()).toBe("last words");
    expect(await client.closed).toEqual({ code: 1000, reason: "enough" });
    await connection.closed;
    expect(connection.timesClosed).toBe(1);
    expect(connection.outbox.send("too late")).toBe(false);
  });

  test.each(["close", "terminate"] as const)("closed is called once where the peer does %s", async (how) => {
    await using server = await startListener(await load());
    const client = await dial(server.port);
    const connection = await server.connection();
    client.socket[how]();
    await connection.closed;
    await client.closed;
    connection.outbox.close(1000, "");
    expect(connection.outbox.send("nobody there")).toBe(false);
    expect(connection.timesClosed).toBe(1);
  });

  test.each([
    ["the code of the close frame", 1000, (socket: WebSocket) => socket.close(1000)],
    ["a code of the peer's own", 4321, (socket: WebSocket) => socket.close(4321, "bye")],
    ["1005 where the close frame has none", 1005, (socket: WebSocket) => socket.close()],
    ["1006 where there is no close frame", 1006, (socket: WebSocket) => socket.terminate()],
  ])("closed is told %s", async (_name, code, end) => {
    await using server = await startListener(await load());
    const client = await dial(server.port);
    const connection = await server.connection();
    end(client.socket);
    expect(await connection.closed).toBe(code);
  });

  test("a ping is answered with its data", async () => {
    await using server = await startListener(await load());
    const { socket } = await dial(server.port);
    const pong = new Promise<Buffer>((resolve) => socket.once("pong", resolve));
    socket.ping("here?");
    expect((await pong).toString()).toBe("here?");
  });

  test("compression is declined", async () => {
    await using server = await startListener(await load());
    const { socket } = await dial(server.port, "/", { perMessageDeflate: true });
    expect(socket.extensions).toBe("");
  });

  test("a frame of the largest size arrives whole; a far larger one ends the connection with 1009 or a cut", async () => {
    await using server = await startListener(await load(), { maxFrameBytes: 4096 });
    const client = await dial(server.port);
    const connection = await server.connection();
    client.socket.send(Buffer.alloc(4096, 7));
    expect(await connection.message()).toHaveLength(4096);
    client.socket.send(Buffer.alloc(4 * 4096));
    expect([1006, 1009]).toContain((await client.closed).code);
    await connection.closed;
    expect(connection.timesClosed).toBe(1);
  });
}

function describeBacklog(load: () => Promise<CreateListener>): void {
  test("one that stops reading is cut, is told of once, and the others go on", async () => {
    await using server = await startListener(await load(), { maxBacklogBytes: 65_536 });
    const slow = await dial(server.port);
    const slowConnection = await server.connection();
    const other = await dial(server.port);
    const otherConnection = await server.connection();
    slow.socket.pause();
    const frame = "x".repeat(16_384);
    let isOpen = true;
    while (isOpen) {
      isOpen = slowConnection.outbox.send(frame);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(slowConnection.outbox.send(frame)).toBe(false);
    expect(await slowConnection.closed).toBe(1006);
    expect(server.slowConsumers.count).toBe(1);
    expect(slowConnection.timesClosed).toBe(1);
    otherConnection.outbox.send("still here");
    expect(await other.message()).toBe("still here");
    other.socket.send("me too");
    expect(await otherConnection.message()).toBe("me too");
    slow.socket.terminate();
  });

  test("what one turn of the event loop sends counts at once", async () => {
    await using server = await startListener(await load(), { maxBacklogBytes: 65_536 });
    await dial(server.port);
    const connection = await server.connection();
    const frame = "x".repeat(30_000);
    expect(connection.outbox.backlogBytes()).toBe(0);
    expect(connection.outbox.send(frame)).toBe(true);
    expect(connection.outbox.send(frame)).toBe(true);
    expect(connection.outbox.backlogBytes()).toBeGreaterThanOrEqual(60_000);
    expect(connection.outbox.send(frame)).toBe(false);
    await connection.closed;
    expect(server.slowConsumers.count).toBe(1);
  });
}

function describePorts(load: () => Promise<CreateListener>): void {
  test("a second server on a port that is taken is refused", async () => {
    await using first = await startListener(await load());
    await expect(startListener(await load(), { port: first.port })).rejects.toThrow();
    await dial(first.port);
    expect((await first.connection()).hello.peer).toBe("127.0.0.1");
  });

  test("stopAccepting refuses new connections and keeps those that are open", async () => {
    await using server = await startListener(await load());
    const client = await dial(server.port);
    const connection = await server.connection();
    server.listener.stopAccepting();
    await expect(dial(server.port)).rejects.toThrow("ECONNREFUSED");
    client.socket.send("still open");
    expect(await connection.message()).toBe("still open");
    connection.outbox.send("indeed");
    expect(await client.message()).toBe("indeed");
  });

  test("close ends every connection", async () => {
    await using server = await startListener(await load());
    const clients = [await dial(server.port), await dial(server.port)];
    const connections = [await server.connection(), await server.connection()];
    server.listener.stopAccepting();
    await server.listener.close();
    for (const client of clients) expect([1001, 1005, 1006]).toContain((await client.closed).code);
    for (const connection of connections) {
      await connection.closed;
      expect(connection.timesClosed).toBe(1);
    }
  });
}
