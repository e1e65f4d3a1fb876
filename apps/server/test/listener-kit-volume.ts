import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:http";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { CreateListener, Exchange, ResponseBody } from "../src/ports/listener.ts";
import { askOften, openAnswer, send } from "./listener-exchanges.ts";
import { startListener } from "./listener-harness.ts";

const mebibyte = 1024 * 1024;
const large = 64;
/** Requests on each of many connections. */
const rounds = 50;

/** Writes pieces as they are taken; resolves once the last was. */
async function pour(body: ResponseBody, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    if (!body.write(piece)) await new Promise<void>((resolve) => (body.onDrain = resolve));
  }
  body.end();
}

function* repeat(piece: Uint8Array, times: number): Iterable<Uint8Array> {
  for (let i = 0; i < times; i++) yield piece;
}

/** Bodies that are larger than what may be held of them. */
export function describeVolume(load: () => Promise<CreateListener>): void {
  test("a body that nobody reads holds its peer back", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { headers: { "content-length": large * mebibyte } });
    let taken = 0;
    for (const piece of repeat(Buffer.alloc(mebibyte), large)) sent.write(piece, () => taken++);
    const exchange = await server.request();
    await askOften(server);
    // What the system buffers is far less than all of it.
    expect(taken).toBeLessThan(large / 2);
    let read = 0;
    for await (const bytes of exchange.stream()) read += bytes.length;
    expect(read).toBe(large * mebibyte);
    exchange.respond(200, {}, "");
    await answered;
  });

  test.each([
    ["of known length", { "content-length": 200_000 }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("a connection on which a body %s ended while nobody read it brings the next", async (_name, headers) => {
    await using server = await startListener(await load());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; round < 3; round++) {
      const { sent, answered } = send(server.port, { agent, headers });
      sent.end(Buffer.alloc(200_000, round));
      const exchange = await server.request();
      await askOften(server);
      expect((await exchange.body(1_000_000))?.length).toBe(200_000);
      exchange.respond(200, {}, "ok");
      expect((await buffer(await answered)).toString()).toBe("ok");
    }
    agent.destroy();
  });

  test("connections that are kept bring one body after the other, however often they are looked at", async () => {
    await using server = await startListener(await load(), { stallMs: 1000 });
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    let asked = 0;
    const serving = (async () => {
      for (let i = 0; i < 32 * rounds; i++) void echo(await server.request());
    })();
    async function echo(exchange: Exchange): Promise<void> {
      const body = await exchange.body(2048);
      exchange.respond(200, {}, String(body?.length));
    }
    async function lane(): Promise<void> {
      for (let round = 0; round < rounds; round++) {
        const { sent, answered } = send(server.port, { agent, headers: { "content-length": 1024 } });
        sent.write(Buffer.alloc(512));
        setImmediate(() => sent.end(Buffer.alloc(512)));
        expect((await buffer(await answered)).toString()).toBe("1024");
        asked++;
      }
    }
    await Promise.all([serving, ...Array.from({ length: 32 }, lane)]);
    expect(asked).toBe(32 * rounds);
    agent.destroy();
  });

  test("an answer that its peer does not read holds back who writes it", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { method: "GET" });
    sent.end();
    const body = openAnswer(await server.request(), 200, [], null);
    body.write(Buffer.from("x"));
    const response = await answered;
    response.pause();
    let drains = 0;
    body.onDrain = () => drains++;
    let asked = true;
    for (const piece of repeat(Buffer.alloc(mebibyte), large)) asked = body.write(piece);
    expect(asked).toBe(false);
    await askOften(server);
    expect(drains).toBe(0);
    body.end();
    expect((await buffer(response)).length).toBe(large * mebibyte + 1);
  });

  test.each([
    ["of known length", { "content-length": large * mebibyte }, large * mebibyte],
    ["in chunks", { "transfer-encoding": "chunked" }, null],
  ])("64 MiB each way %s arrive whole, in constant memory", { timeout: 60_000 }, async (_name, headers, length) => {
    await using server = await startListener(await load());
    const piece = randomBytes(mebibyte);
    const { sent, answered } = send(server.port, { headers });
    const exchange = server.request();
    const upload = (async () => {
      for (const part of repeat(piece, large)) if (!sent.write(part)) await once(sent, "drain");
      sent.end();
    })();
    const echoing = exchange.then((taken) => pour(openAnswer(taken, 200, [], length), taken.stream()));
    const response = await answered;
    const before = process.memoryUsage();
    let read = 0;
    let isSame = true;
    let mostBytes = 0;
    for await (const bytes of response as AsyncIterable<Buffer>) {
      for (let at = 0; at < bytes.length; ) {
        const from = (read + at) % mebibyte;
        const n = Math.min(bytes.length - at, mebibyte - from);
        isSame &&= bytes.subarray(at, at + n).equals(piece.subarray(from, from + n));
        at += n;
      }
      read += bytes.length;
      const { rss } = process.memoryUsage();
      mostBytes = Math.max(mostBytes, rss - before.rss);
    }
    await Promise.all([upload, echoing]);
    expect([read, isSame, response.headers["content-length"]]).toEqual([
      large * mebibyte,
      true,
      length === null ? undefined : String(length),
    ]);
    // Both ends are in this process; what is under way is bounded, what waits for the collector of garbage is not quite.
    expect(mostBytes).toBeLessThan((large * mebibyte * 3) / 4);
  });

  test("an answer to one that reads slowly is whole, and holds little of it", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { method: "GET" });
    sent.end();
    const body = openAnswer(await server.request(), 200, [], null);
    const piece = Buffer.alloc(100_000, 7);
    let refused = 0;
    const pouring = (async () => {
      for (let i = 0; i < 200; i++) {
        if (body.write(piece)) continue;
        refused++;
        await new Promise<void>((resolve) => (body.onDrain = resolve));
      }
      body.end();
    })();
    const whole = await buffer(await answered);
    await pouring;
    expect(whole.equals(Buffer.alloc(200 * 100_000, 7))).toBe(true);
    expect(refused).toBeGreaterThan(0);
  });
}
