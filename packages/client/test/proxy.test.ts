import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { compose, loadConfig } from "@singyeong/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, connect, createHttpApi, type HttpApi } from "../src/index.ts";

/** What the target was asked, newest last. */
const asked: (Pick<IncomingMessage, "method" | "url" | "headers"> & { readonly body: Buffer })[] = [];

const target = createServer(async (request, response) => {
  const { method, url, headers } = request;
  if (url === "/echo") return request.pipe(response.writeHead(200));
  asked.push({ method, url, headers, body: await buffer(request) });
  response.writeHead(418, { "set-cookie": ["a=1", "b=2"] }).end(Buffer.from([0xff, 0]));
});

let client: Client;
let http: HttpApi;
let stop: () => Promise<unknown>;

beforeAll(async () => {
  const flags = ["--host", "127.0.0.1", "--port", "0", "--queue-store", "memory", "--log-level", "silent"];
  const loaded = loadConfig([...flags, "--auth", "pw"], {});
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  const address = `127.0.0.1:${await server.listen()}`;
  await once(target.listen(0, "127.0.0.1"), "listening");
  const ip = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  client = await connect({ servers: address, app: "api", auth: "pw", ip, metadata: { 지역: "서울" }, tags: ["edge"] });
  http = createHttpApi({ server: address, auth: "pw" });
  stop = () => server.kill();
});
afterAll(async () => {
  await client.close();
  await stop();
  target.closeAllConnections();
  target.close();
});

describe("a request to one application", () => {
  it("reaches who matches, with any bytes, and so does the answer", async () => {
    const ops = [{ path: "/지역", op: "$eq", to: { value: "서울" } }] as const;
    const headers = { authorization: "Basic eA==", "x-own": "1" };
    const init = { method: "PATCH", body: Uint8Array.of(0, 0xfe), headers };
    const response = await http.proxy({ application: "api", ops })("/a%2Fb?c=d&c=e", init);
    expect([response.status, response.headers.getSetCookie()]).toEqual([418, ["a=1", "b=2"]]);
    expect(await response.bytes()).toEqual(Uint8Array.of(0xff, 0));
    const { method, url, headers: got, body } = asked.pop()!;
    expect([method, url, [...body]]).toEqual(["PATCH", "/a%2Fb?c=d&c=e", [0, 0xfe]]);
    expect(got).toMatchObject({ authorization: "Basic eA==", "x-own": "1" });
    expect(Object.keys(got).filter((name) => name.startsWith("x-singyeong"))).toEqual([]);
  });

  it("streams both ways at once", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const first = writer.write(Uint8Array.of(1));
    const response = await http.proxy("api")("/echo", { method: "POST", body: readable });
    const reader = response.body!.getReader();
    await first;
    expect((await reader.read()).value).toEqual(Uint8Array.of(1));
    await Promise.all([writer.write(Uint8Array.of(2)), writer.close()]);
    expect((await reader.read()).value).toEqual(Uint8Array.of(2));
    expect((await reader.read()).done).toBe(true);
  });
});

it("a request to tags goes as a whole", async () => {
  const response = await http.proxy({ application: ["edge"] })("/a", { method: "PUT", body: "text" });
  expect(response.status).toBe(418);
  expect(asked.pop()).toMatchObject({ method: "PUT", url: "/a", body: Buffer.from("text") });
});

describe("what the server itself says is an error", () => {
  it.each<[string, unknown, string]>([
    [
      "nobody matches",
      { application: "api", ops: [{ path: "/x", op: "$exists", to: { value: true } }] },
      "route/no-match",
    ],
    ["nobody has the tags", { application: ["none"] }, "route/no-match"],
    [
      "the query is wrong",
      { application: "api", ops: [{ path: "/x", op: "$like", to: { value: 1 } }] },
      "query/invalid",
    ],
  ])("where %s", async (_, query, code) => {
    await expect(http.proxy(query as never)("/a")).rejects.toMatchObject({ name: "SingyeongError", code });
  });

  it("where the password is missing", async () => {
    const call = createHttpApi({ server: client.server }).proxy("api")("/a");
    await expect(call).rejects.toMatchObject({ code: "http/unauthorized" });
  });
});
