import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { maxNamedIds } from "@singyeong/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { createQueueApi } from "./queue-api.ts";
import { createQueueCaller } from "./queue-caller.ts";

interface Asked {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A server that answers as it is told, and the queues that it claims to have. */
async function standIn(answer: (response: ServerResponse, asked: Asked) => void, auth?: string, timeoutMs = 60_000) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    asked.push({ request, body });
    answer(response, asked.at(-1)!);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const abort = new AbortController();
  const call = createQueueCaller({ server: address, auth }, abort.signal);
  return { api: createQueueApi(call, timeoutMs), asked, abort, server };
}

describe("a request about queues", () => {
  it("names the queue whatever it is called, and carries the password", async () => {
    const { api, asked } = await standIn((response) => response.end('{"count":2}'), "s3crét");
    expect(await api.ack("a/b ?#é", ["1", "2"])).toBe(2);
    const { request, body } = asked[0]!;
    expect([request.method, request.url]).toEqual(["POST", "/api/v1/queues/a%2Fb%20%3F%23%C3%A9/ack"]);
    expect(request.headers).toMatchObject({ "content-type": "application/json" });
    expect(Buffer.from(request.headers.authorization!, "latin1").toString("utf8")).toBe("Bearer s3crét");
    expect(body).toBe('{"ids":["1","2"]}');
  });

  it.each(["", ".", ".."])('is not made about "%s", which a path would lose', async (name) => {
    const { api, asked } = await standIn((response) => response.end("{}"));
    await expect(api.purge(name, "all")).rejects.toMatchObject({ outcome: "misuse" });
    expect(asked).toEqual([]);
  });

  it("names no more messages than a server takes at once", async () => {
    const { api, asked } = await standIn((response, { body }) =>
      response.end(JSON.stringify({ count: JSON.parse(body).ids.length })),
    );
    const ids = Array.from({ length: maxNamedIds + 1 }, (_, i) => `${i}`);
    expect(await api.redrive("jobs", ids)).toBe(maxNamedIds + 1);
    expect(asked.map(({ body }) => JSON.parse(body).ids.length)).toEqual([maxNamedIds, 1]);
  });

  it("keeps every digit", async () => {
    const message =
      '{"queue":"q","id":"1","state":"ready","attempt":0,"max_attempts":20,"priority":4,"pushed_ms":1,"due_ms":null,"expires_ms":null,"cause":null,"holder":null,"target":{},"nonce":null,"headers":null,"payload":12345678901234567890}';
    const { api } = await standIn((response) => response.end(message));
    expect(await api.message("q", "1")).toMatchObject({ payload: 12345678901234567890n, headers: {} });
  });
});

describe("what goes wrong with it", () => {
  it.each([
    [
      404,
      '{"error":"no such queue","code":"queue/not-found","extra_info":{"queue":"q"}}',
      "queue/not-found",
      "no such queue: q",
    ],
    [404, '{"error":"not found","code":404}', "http/not-found", "this server has no queues"],
    [401, '{"error":"x","code":"dispatch/restricted"}', "http/unauthorized", "the server asks for a password"],
    [502, "<html>", "client/http", "the server answered with status 502"],
    [200, "<html>", "client/protocol", 'the server\'s answer has no "paused" that makes sense'],
    [200, '{"paused":true}', "client/protocol", 'the server\'s answer has no "queue" that makes sense'],
  ])("a %d with %s is told", async (status, body, code, message) => {
    const { api } = await standIn((response) => response.writeHead(status).end(body));
    await expect(api.info("q")).rejects.toMatchObject({ code, message });
  });

  it("is that nobody is there", async () => {
    const { api, server } = await standIn(() => {});
    await new Promise((resolve) => server.close(resolve));
    await expect(api.list("")).rejects.toMatchObject({
      code: "client/unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("is an answer that takes too long", async () => {
    const { api } = await standIn(() => {}, undefined, 20);
    await expect(api.list("")).rejects.toMatchObject({ code: "client/timeout", message: "no answer within 20 ms" });
  });
});
