import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { CreateListener } from "../src/ports/listener.ts";
import { dial, startListener } from "./listener-harness.ts";

async function dialTcp(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

const closing = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.on("close", resolve));

/** Bounds on connections, on what waits for them, and on their patience. */
export function describeLimits(load: () => Promise<CreateListener>): void {
  test("a connection more than the most is closed and told of; one that ends makes room", async () => {
    await using server = await startListener(await load(), { maxConnections: 3 });
    const client = await dial(server.port);
    const connection = await server.connection();
    const idle = await dialTcp(server.port);
    const asking = await dialTcp(server.port);
    asking.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    const exchange = await server.request();
    const refused = await dialTcp(server.port);
    await closing(refused.resume());
    expect(server.refused.count).toBe(1);
    exchange.respond(200, {}, "still served");
    expect(String((await once(asking, "data"))[0])).toContain("still served");

    client.socket.close();
    await connection.closed;
    await client.closed;
    const next = await dial(server.port);
    await server.connection();
    await closing((await dialTcp(server.port)).resume());
    expect(server.refused.count).toBe(2);
    for (const socket of [idle, asking]) socket.destroy();
    next.socket.terminate();
  });

  test("a full backlog drops the frames that may be dropped, keeps the connection, and takes frames again later", async () => {
    await using server = await startListener(await load(), { maxBacklogBytes: 65_536, slowConsumer: "drop" });
    const client = await dial(server.port);
    const { outbox } = await server.connection();
    client.socket.pause();
    const frame = "x".repeat(16_384);
    while (outbox.send(frame, true)) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(outbox.send(frame, true)).toBe(false);
    expect([server.dropped.count, server.slowConsumers.count]).toEqual([2, 0]);
    client.socket.resume();
    while (outbox.backlogBytes() > 0) await client.message();
    expect(outbox.send("after all", true)).toBe(true);
    let last = await client.message();
    while (last === frame) last = await client.message();
    expect(last).toBe("after all");
  });

  test("a full backlog closes the connection of a frame that others count on, though frames may be dropped", async () => {
    await using server = await startListener(await load(), { maxBacklogBytes: 65_536, slowConsumer: "drop" });
    const client = await dial(server.port);
    const connection = await server.connection();
    client.socket.pause();
    const frame = "x".repeat(60_000);
    while (connection.outbox.send(frame)) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(await connection.closed).toBe(1006);
    expect([server.dropped.count, server.slowConsumers.count]).toEqual([0, 1]);
    client.socket.terminate();
  });

  test("a body that does not go on is cut off", async () => {
    await using server = await startListener(await load(), { stallMs: 200 });
    const socket = await dialTcp(server.port);
    const closed = closing(socket.resume());
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc");
    await expect((await server.request()).body(1000)).rejects.toThrow();
    await closed;
  });

  test("a body that trickles is cut off", async () => {
    await using server = await startListener(await load(), { stallMs: 400 });
    const socket = await dialTcp(server.port);
    const closed = closing(socket.resume());
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n");
    const trickle = setInterval(() => socket.write("a"), 20);
    await expect((await server.request()).body(100_000)).rejects.toThrow();
    await closed;
    clearInterval(trickle);
  });

  test("a body that goes on slowly is not", async () => {
    await using server = await startListener(await load(), { stallMs: 400 });
    const socket = await dialTcp(server.port);
    const answer = text(socket);
    socket.write("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 102400\r\n\r\n");
    const exchange = await server.request();
    const whole = exchange.body(102_400);
    for (let i = 0; i < 10; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket.write("x".repeat(10_240));
    }
    expect(await whole).toHaveLength(102_400);
    exchange.respond(200, {}, "whole");
    expect(await answer).toContain("whole");
  });

  test("a request that is held back is not cut off, however long nobody reads it", async () => {
    await using server = await startListener(await load(), { stallMs: 100 });
    const socket = await dialTcp(server.port);
    const mebibyte = 1024 * 1024;
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${mebibyte}\r\n\r\n`);
    socket.write(Buffer.alloc(mebibyte));
    const exchange = await server.request();
    await new Promise((resolve) => setTimeout(resolve, 600));
    let read = 0;
    for await (const piece of exchange.stream()) read += piece.length;
    expect(read).toBe(mebibyte);
    exchange.respond(200, {}, "");
    expect(String((await once(socket, "data"))[0])).toContain("200");
    socket.destroy();
  });

  test("one that does not read its answer is cut off; one whose answer waits for the server is not", async () => {
    await using server = await startListener(await load(), { stallMs: 200 });
    const patient = await dialTcp(server.port);
    patient.write("GET /patient HTTP/1.1\r\nhost: x\r\n\r\n");
    const patientExchange = await server.request();
    const events = patientExchange.open(200, [["content-type", "text/event-stream"]], null)!;
    events.write(Buffer.from("data: 1\n\n"));

    const deaf = await dialTcp(server.port);
    deaf.pause();
    deaf.write("GET /deaf HTTP/1.1\r\nhost: x\r\n\r\n");
    const exchange = await server.request();
    const gone = new Promise<void>((resolve) => exchange.onGone(resolve));
    const body = exchange.open(200, [], null)!;
    for (let i = 0; i < 32; i++) body.write(Buffer.alloc(1024 * 1024));
    await gone;
    expect(patientExchange.gone).toBe(false);
    events.write(Buffer.from("data: 2\n\n"));
    events.end();
    let heard = "";
    while (!heard.includes("data: 2")) heard += String((await once(patient, "data"))[0]);
    for (const socket of [deaf, patient]) socket.destroy();
  });

  test.concurrent("a head that does not come to its end is cut off", { timeout: 30_000 }, async () => {
    await using server = await startListener(await load());
    const socket = await dialTcp(server.port);
    const closed = closing(socket.resume());
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n");
    const trickle = setInterval(() => socket.write("x-a: b\r\n"), 1000);
    await closed;
    clearInterval(trickle);
    expect(server.untaken).toHaveLength(0);
  });
}
