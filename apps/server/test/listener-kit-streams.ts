import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { CreateListener, ResponseBody } from "../src/ports/listener.ts";
import { askOften, openAnswer, send } from "./listener-exchanges.ts";
import { startListener } from "./listener-harness.ts";

const mebibyte = 1024 * 1024;

/** Bodies that are streamed, in both directions. */
export function describeStreams(load: () => Promise<CreateListener>): void {
  test("headers come and go as a list: in order, repeated ones apart", async () => {
    await using server = await startListener(await load());
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nX-Many: one\r\nOther: 1\r\nx-many: two, three\r\n\r\n");
    const exchange = await server.request();
    expect(exchange.headers()).toEqual([
      ["host", "x"],
      ["x-many", "one"],
      ["other", "1"],
      ["x-many", "two, three"],
    ]);
    expect(exchange.header("x-many")).toBe("one, two, three");
    exchange.respond(
      200,
      [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
      Buffer.from([0x6f, 0x6b]),
    );
    const answer = String((await once(socket, "data"))[0]);
    expect(answer.match(/set-cookie: .=./gi)).toEqual(["set-cookie: a=1", "set-cookie: b=2"]);
    expect(answer).toMatch(/\r\n\r\nok$/);
    socket.destroy();
  });

  test("a header that would begin another line is ours to blame, and is never sent", async () => {
    await using server = await startListener(await load());
    const { answered, sent } = send(server.port, { method: "GET" });
    sent.end();
    const exchange = await server.request();
    expect(() => exchange.respond(200, { "x-a": "b\r\nx-c: d" }, "")).toThrow("x-a");
    expect(() => exchange.open(200, [["x a", "b"]], null)).toThrow("x a");
    exchange.respond(200, {}, "fine");
    expect(await text(await answered)).toBe("fine");
  });

  test.each([
    ["of known length", 11],
    ["of unknown length", null],
  ])(
    "an answer %s is streamed in pieces, with its status and headers, and the connection is kept",
    async (_name, length) => {
      await using server = await startListener(await load());
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ports = new Set<number | undefined>();
      for (let round = 0; round < 3; round++) {
        const { sent, answered } = send(server.port, { method: "GET", agent });
        sent.end();
        const exchange = await server.request();
        const body = openAnswer(
          exchange,
          201,
          [
            ["x-a", "1"],
            ["x-a", "2"],
            ["connection", "close"],
          ],
          length,
        );
        body.write(Buffer.from("hello "));
        const response = await answered;
        ports.add(response.socket.localPort);
        body.write(Buffer.from("world"));
        body.end();
        expect(await text(response)).toBe("hello world");
        expect([response.statusCode, response.headers["x-a"]]).toEqual([201, "1, 2"]);
        expect(response.headers["content-length"]).toBe(length === null ? undefined : "11");
        expect(response.headers["transfer-encoding"]).toBe(length === null ? "chunked" : undefined);
        expect(exchange.gone).toBe(true);
      }
      agent.destroy();
      expect(ports.size).toBe(1);
    },
  );

  test.each([
    ["of known length", 0],
    ["of unknown length", null],
  ])("an empty answer %s ends", async (_name, length) => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port);
    sent.end();
    openAnswer(await server.request(), 200, [], length).end();
    expect(await text(await answered)).toBe("");
  });

  test.each([
    ["HEAD", 200, 5, "5"],
    ["HEAD", 200, null, undefined],
    ["GET", 204, null, undefined],
    ["GET", 204, 5, undefined],
    ["GET", 304, 5, "5"],
  ])("%s answered by %i has no body, whatever is written", async (method, status, length, told) => {
    await using server = await startListener(await load());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; round < 2; round++) {
      const { sent, answered } = send(server.port, { method, agent });
      sent.end();
      const body = openAnswer(await server.request(), status, [["x-a", "b"]], length);
      expect(body.write(Buffer.from("12345"))).toBe(true);
      body.end();
      const response = await answered;
      expect([response.statusCode, response.headers["content-length"], await text(response)]).toEqual([
        status,
        told,
        "",
      ]);
      expect(response.headers["x-a"]).toBe("b");
    }
    agent.destroy();
  });

  test("server-sent events begin before there is one", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { method: "GET" });
    sent.end();
    const body = openAnswer(await server.request(), 200, [["content-type", "text/event-stream"]], null);
    const response = await answered;
    body.write(Buffer.from("data: 1\n\n"));
    body.end();
    expect((await text(response)).replace(/^:\n\n/, "")).toBe("data: 1\n\n");
  });

  test("bytes past the length that was told are dropped", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port);
    sent.end();
    const body = openAnswer(await server.request(), 200, [], 5);
    body.write(Buffer.from("1234"));
    body.write(Buffer.from("56"));
    body.write(Buffer.from("78"));
    body.end();
    expect(await text(await answered)).toBe("12345");
  });

  test.each([
    ["cut, of known length", 10, (body: ResponseBody) => body.cut()],
    ["cut, in chunks", null, (body: ResponseBody) => body.cut()],
    ["ended too early", 10, (body: ResponseBody) => body.end()],
  ])("an answer that is %s is seen to be not whole", async (_name, length, stop) => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { method: "GET" });
    sent.end();
    const body = openAnswer(await server.request(), 200, [], length);
    body.write(Buffer.from("some"));
    const response = await answered;
    const read = text(response);
    stop(body);
    await expect(read).rejects.toThrow("aborted");
  });

  test("a peer that goes away is told of once, and what is written then is dropped", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { method: "GET" });
    sent.end();
    const exchange = await server.request();
    let tasks = 0;
    const gone = new Promise<void>((resolve) =>
      exchange.onGone(() => {
        tasks++;
        resolve();
      }),
    );
    const body = openAnswer(exchange, 200, [], null);
    body.write(Buffer.from("some"));
    (await answered).destroy();
    await gone;
    body.write(Buffer.from("more"));
    body.end();
    body.cut();
    exchange.onGone(() => tasks++);
    expect([exchange.gone, tasks, exchange.open(200, [], null)]).toEqual([true, 2, null]);
  });

  test("an answer that was given whole leaves nobody gone", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { method: "GET" });
    sent.end();
    const exchange = await server.request();
    let tasks = 0;
    exchange.onGone(() => tasks++);
    exchange.respond(200, {}, "ok");
    const response = await answered;
    await text(response);
    await askOften(server);
    expect(tasks).toBe(0);
  });

  test.each([
    ["of known length", { "content-length": 6 }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("a body %s is read piece by piece as it comes", async (_name, headers) => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { headers });
    sent.write("abc");
    const exchange = await server.request();
    const pieces = exchange.stream()[Symbol.asyncIterator]();
    expect(Buffer.from((await pieces.next()).value).toString()).toBe("abc");
    const rest = pieces.next();
    sent.end("def");
    expect(Buffer.from((await rest).value).toString()).toBe("def");
    expect((await pieces.next()).done).toBe(true);
    exchange.respond(200, {}, "ok");
    expect(await text(await answered)).toBe("ok");
  });

  test("a stream ends with an error where the peer goes away before the end", async () => {
    await using server = await startListener(await load());
    const { sent } = send(server.port, { headers: { "content-length": 10 } });
    sent.on("error", () => {});
    sent.write("abc");
    const pieces = (await server.request()).stream()[Symbol.asyncIterator]();
    await pieces.next();
    const rest = pieces.next();
    sent.destroy();
    await expect(rest).rejects.toThrow("before its body was whole");
  });

  test("a reader that stops early leaves the peer to be answered", async () => {
    await using server = await startListener(await load());
    const { sent, answered } = send(server.port, { headers: { "content-length": 4 * mebibyte } });
    sent.on("error", () => {});
    sent.end(Buffer.alloc(4 * mebibyte));
    const exchange = await server.request();
    for await (const _piece of exchange.stream()) break;
    exchange.respond(200, {}, "enough");
    expect((await answered).statusCode).toBe(200);
  });
}
