import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { CreateListener } from "../src/ports/listener.ts";
import { startListener } from "./listener-harness.ts";

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** Sends a request; the promise is for its answer. */
function ask(port: number, { method = "GET", path = "/", headers = {}, body, agent }: Ask) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    response: IncomingMessage;
    body: string;
    localPort: number | undefined;
  }>();
  const sent = request({ host: "127.0.0.1", port, method, path, headers, ...(agent && { agent }) }, (response) => {
    const { localPort } = response.socket;
    text(response).then((body) => resolve({ response, body, localPort }), reject);
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

/** The HTTP half of the kit. */
export function describeHttp(load: () => Promise<CreateListener>): void {
  test("an exchange carries method, path, query, headers, peer and body, and answers with what it is told", async () => {
    await using server = await startListener(await load());
    const answer = ask(server.port, {
      method: "POST",
      path: "/a/b%20c?q=1&r=%22",
      headers: { "X-Some": "thing", authorization: "s3cret" },
      body: "신경",
    });
    const exchange = await server.request();
    expect(exchange).toMatchObject({ method: "POST", path: "/a/b%20c", query: "q=1&r=%22", peer: "127.0.0.1" });
    expect([exchange.header("x-some"), exchange.header("authorization"), exchange.header("nope")]).toEqual([
      "thing",
      "s3cret",
      undefined,
    ]);
    expect(Buffer.from((await exchange.body(1000))!).toString()).toBe("신경");
    exchange.respond(418, { "content-type": "text/plain", "x-back": "yes" }, "찻주전자");
    const { response, body } = await answer;
    expect([response.statusCode, response.statusMessage, body]).toEqual([418, "I'm a Teapot", "찻주전자"]);
    expect(response.headers).toMatchObject({ "content-type": "text/plain", "x-back": "yes", "content-length": "12" });
  });

  test("a request without a body has an empty one", async () => {
    await using server = await startListener(await load());
    const answer = ask(server.port, {});
    const exchange = await server.request();
    expect(exchange.query).toBe("");
    expect(await exchange.body(10)).toHaveLength(0);
    exchange.respond(200, {}, "");
    expect((await answer).body).toBe("");
  });

  test("a body in chunks is put together", async () => {
    await using server = await startListener(await load());
    const answer = text(
      connect(server.port, "127.0.0.1").end(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
      ),
    );
    const exchange = await server.request();
    expect(Buffer.from((await exchange.body(10))!).toString()).toBe("abcde");
    exchange.respond(200, {}, "ok");
    expect(await answer).toContain("\r\n\r\nok");
  });

  test("a body that is too large reads as null, and is answered", async () => {
    await using server = await startListener(await load(), { maxFrameBytes: 1024 });
    const answer = ask(server.port, { method: "POST", body: "x".repeat(1025) });
    const exchange = await server.request();
    expect(await exchange.body(1024)).toBeNull();
    exchange.respond(413, {}, "too large");
    expect((await answer).response.statusCode).toBe(413);
  });

  test("a body of exactly the limit is whole", async () => {
    await using server = await startListener(await load(), { maxFrameBytes: 1024 });
    const answer = ask(server.port, { method: "POST", body: "x".repeat(1024) });
    const exchange = await server.request();
    expect(await exchange.body(1024)).toHaveLength(1024);
    exchange.respond(200, {}, "");
    await answer;
  });

  test("HEAD is answered with the length of a body and without it", async () => {
    await using server = await startListener(await load());
    const answer = ask(server.port, { method: "HEAD" });
    (await server.request()).respond(200, { "content-type": "text/plain" }, "12345");
    const { response, body } = await answer;
    expect([response.statusCode, response.headers["content-length"], body]).toEqual([200, "5", ""]);
  });

  test("204 is answered without a body", async () => {
    await using server = await startListener(await load());
    const answer = ask(server.port, { method: "OPTIONS" });
    (await server.request()).respond(204, { "x-back": "yes" }, "");
    const { response, body } = await answer;
    expect([response.statusCode, response.headers["x-back"], body]).toEqual([204, "yes", ""]);
  });

  test("a connection is kept for the next request", async () => {
    await using server = await startListener(await load());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const [method, body] of [
      ["POST", "one"],
      ["HEAD", undefined],
      ["GET", undefined],
    ] as const) {
      const answer = ask(server.port, { method, agent, ...(body && { body }) });
      const exchange = await server.request();
      await exchange.body(10);
      exchange.respond(200, {}, "ok");
      ports.add((await answer).localPort);
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  test("two answers at once go to whom they belong", async () => {
    await using server = await startListener(await load());
    const first = ask(server.port, { path: "/first" });
    const firstExchange = await server.request();
    const second = ask(server.port, { path: "/second" });
    const secondExchange = await server.request();
    secondExchange.respond(200, {}, secondExchange.path);
    firstExchange.respond(200, {}, firstExchange.path);
    expect([(await first).body, (await second).body]).toEqual(["/first", "/second"]);
  });

  test("where the peer goes away, its body rejects and the answer is dropped", async () => {
    await using server = await startListener(await load());
    const socket = connect(server.port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc");
    const exchange = await server.request();
    const body = exchange.body(100);
    socket.destroy();
    await expect(body).rejects.toThrow();
    exchange.respond(200, {}, "nobody");
    const answer = ask(server.port, {});
    (await server.request()).respond(200, {}, "fine");
    expect((await answer).body).toBe("fine");
  });
}
