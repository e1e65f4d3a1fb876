import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { CreateListener, Exchange } from "../src/ports/listener.ts";
import { startListener } from "./listener-harness.ts";

const head = "POST / HTTP/1.1\r\nhost: x\r\n";
const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;
/** What an attacker wants another server to take for a request of somebody else's. */
const smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";

/** Heads that servers read in different ways. */
const ambiguousHeads: readonly (readonly [name: string, request: string])[] = [
  ["a length and chunks", `${head}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["chunks and a length", `${head}transfer-encoding: chunked\r\ncontent-length: 6\r\n\r\n0\r\n\r\n`],
  ["two lengths", `${head}content-length: 0\r\ncontent-length: ${smuggled.length}\r\n\r\n`],
  ["the same length twice", `${head}content-length: 0\r\ncontent-length: 0\r\n\r\n`],
  ["a list of lengths", `${head}content-length: 0, 0\r\n\r\n`],
  ["a length with a sign", `${head}content-length: +0\r\n\r\n`],
  ["a negative length", `${head}content-length: -1\r\n\r\n`],
  ["a hexadecimal length", `${head}content-length: 0x0\r\n\r\n`],
  ["an empty length", `${head}content-length: \r\n\r\n`],
  ["a length past all numbers", `${head}content-length: 99999999999999999999\r\n\r\n`],
  ["a blank before the colon of a length", `${head}content-length : 0\r\n\r\n`],
  ["a blank before the colon of a coding", `${head}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`],
  ["a coding that is none", `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["the coding of identity", `${head}transfer-encoding: identity\r\n\r\n`],
  ["a coding before chunks", `${head}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["a coding after chunks", `${head}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
  ["two codings", `${head}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`],
  ["a coding behind a control character", `${head}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
  ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["chunks to HEAD", "HEAD / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a folded header", "GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n content-length: 5\r\n\r\n"],
  ["a folded coding", `${head}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  ["bare line feeds", "GET / HTTP/1.1\nhost: x\n\n"],
  ["a bare line feed in a header", "GET / HTTP/1.1\r\nhost: x\nx-a: b\r\n\r\n"],
  ["a bare carriage return in a header", "GET / HTTP/1.1\r\nhost: x\rx-a: b\r\n\r\n"],
  ["NUL in a value", "GET / HTTP/1.1\r\nhost: x\r\nx-a: b\0c\r\n\r\n"],
  ["NUL in a name", "GET / HTTP/1.1\r\nhost: x\r\nx\0a: b\r\n\r\n"],
  ["NUL in the target", "GET /a\0b HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["a control character in a value", "GET / HTTP/1.1\r\nhost: x\r\nx-a: b\x01c\r\n\r\n"],
  ["a blank in a name", "GET / HTTP/1.1\r\nhost: x\r\nx a: b\r\n\r\n"],
  ["a header without a colon", "GET / HTTP/1.1\r\nhost: x\r\nxab\r\n\r\n"],
  ["a blank before the first header", "GET / HTTP/1.1\r\n host: x\r\n\r\n"],
  ["no host", "GET / HTTP/1.1\r\nx: x\r\n\r\n"],
  ["two hosts", "GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n"],
  ["no version", "GET /\r\n\r\n"],
  ["a version to come", "GET / HTTP/2.0\r\nhost: x\r\n\r\n"],
  ["a blank in the target", "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["a fragment in the target", "GET /a#b HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["a target that names a host", "GET http://y/ HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["CONNECT", "CONNECT y:80 HTTP/1.1\r\nhost: x\r\n\r\n"],
  [
    "an upgrade with two lengths",
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n",
  ],
];

/** Chunks whose sizes are none. */
const badChunks: readonly (readonly [name: string, chunks: string])[] = [
  ["no number", "zz\r\na\r\n0\r\n\r\n"],
  ["a number with 0x", "0x1\r\na\r\n0\r\n\r\n"],
  ["a number with a sign", "+1\r\na\r\n0\r\n\r\n"],
  ["negative", "-1\r\na\r\n0\r\n\r\n"],
  ["past all numbers", "FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n"],
];

/** Chunks that a lenient parser takes, and ends elsewhere than a strict one. */
const looseChunks: readonly (readonly [name: string, chunks: string])[] = [
  ["line feeds alone", "1\na\n0\n\n"],
  ["an empty size", "\r\na\r\n0\r\n\r\n"],
  ["a blank before a size", " 1\r\na\r\n0\r\n\r\n"],
  ["a blank behind a size", "1 \r\na\r\n0\r\n\r\n"],
  ["no line break behind a chunk", "1\r\naXX0\r\n\r\n"],
  ["a line feed in an extension", "1;x\ny\r\na\r\n0\r\n\r\n"],
  ["a length behind the chunks", "1\r\na\r\n0\r\ncontent-length: 9\r\n\r\n"],
];

/** Requests that attack what stands before or behind the server. */
export function describeAttacks(load: () => Promise<CreateListener>): void {
  /** Sends bytes and the end of them, and answers whatever is taken for a request, body and all. */
  async function attack(bytes: string, answer: (exchange: Exchange) => void = (e) => e.respond(200, {}, "taken")) {
    const create = await load();
    const taken: string[] = [];
    const bodies: Promise<unknown>[] = [];
    await using server = await startListener((options, handlers) =>
      create(options, {
        ...handlers,
        request(exchange) {
          taken.push(exchange.path);
          const whole = exchange.body(1000).then(
            (body) => {
              answer(exchange);
              return Buffer.from(body ?? []).toString();
            },
            () => "cut off",
          );
          bodies.push(whole);
        },
      }),
    );
    const socket = connect(server.port, "127.0.0.1");
    socket.write(Buffer.from(bytes, "latin1"));
    const answers = await text(socket.end()).catch(() => "");
    return { taken, bodies: await Promise.all(bodies), answers, upgrades: server.upgrades };
  }

  test.each(ambiguousHeads)("a request with %s is not taken, nor what comes behind it", async (_name, request) => {
    const { taken, answers, upgrades } = await attack(request + smuggled);
    expect([taken, upgrades]).toEqual([[], []]);
    expect(answers).not.toMatch(/^HTTP\/1\.1 [123]/m);
  });

  test.each(badChunks)(
    "a chunk whose size is %s ends the request, and what comes behind it is not taken",
    async (_name, chunks) => {
      const { taken, bodies } = await attack(chunked + chunks + smuggled);
      expect(taken).not.toContain("/smuggled");
      expect(bodies.every((body) => body === "cut off")).toBe(true);
    },
  );

  test.each(looseChunks)("what comes behind chunks with %s is not taken", async (_name, chunks) => {
    const { taken } = await attack(chunked + chunks + smuggled);
    expect(taken).not.toContain("/smuggled");
  });

  test.each([
    ["answered at once", (exchange: Exchange) => exchange.respond(200, {}, "ok")],
    [
      "answered by a stream",
      (exchange: Exchange) => {
        const body = exchange.open(200, [], 2);
        body?.write(Buffer.from("ok"));
        body?.end();
      },
    ],
    ["answered without a body", (exchange: Exchange) => exchange.respond(204, {}, "")],
  ])("nothing that comes later behind loose chunks is taken either, %s", async (_name, answer) => {
    const create = await load();
    const taken: string[] = [];
    await using server = await startListener((options, handlers) =>
      create(options, {
        ...handlers,
        request(exchange) {
          taken.push(exchange.path);
          exchange.body(1000).then(
            () => answer(exchange),
            () => {},
          );
        },
      }),
    );
    const socket = connect(server.port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
    socket.write(`${chunked}1\na\n0\n\n`);
    socket.once("data", () => socket.write(smuggled));
    await closed;
    expect(taken).not.toContain("/smuggled");
  });

  test("requests that are sent ahead of their answers get these in order, or the connection ends", async () => {
    const { answers, taken } = await attack(
      "GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n",
      (exchange) => exchange.respond(200, {}, exchange.path),
    );
    expect(["", "/1", "/1/2"]).toContain(answers.match(/^\/\d/gm)?.join("") ?? "");
    expect(taken[0]).toBe("/1");
  });
}
