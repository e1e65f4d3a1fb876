import { describe, expect, it } from "vitest";
import { parseJson } from "../codec/json.ts";
import { createHttpApi } from "./create-http-api.ts";
import { type StandIn, startStandIn, startStreamingStandIn } from "./stand-in.kit.ts";

const json = { "content-type": "application/json" };

/** A server whose proxy gives one answer (docs/protocol/http.md). */
function startProxy(status: number, headers: Record<string, string | string[]>, body: string): Promise<StandIn> {
  return startStandIn((_request, response) => response.writeHead(status, headers).end(body));
}

/** A server whose target gives back what it gets, as it comes. */
async function startEcho(): Promise<StandIn> {
  return startStreamingStandIn((request, response) => request.pipe(response.writeHead(200)));
}

async function callProxy(status: number, body: unknown, headers: Record<string, string> = json): Promise<Response> {
  await using server = await startProxy(status, headers, typeof body === "string" ? body : JSON.stringify(body));
  const response = await createHttpApi({ server: server.address, auth: "pw" }).proxy("api")("/users");
  return new Response(await response.text(), response);
}

it("asks one application directly, under the password", async () => {
  const seen: unknown[] = [];
  await using server = await startStandIn((request, response, body) => {
    const { authorization, "x-singyeong-query": query, "content-type": type, accept } = request.headers;
    seen.push(request.method, request.url, authorization, parseJson(query as string), type, accept, body);
    response.end();
  });
  const { proxy } = createHttpApi({ server: `singyeong://:p%C3%A9@${server.address}` });
  const ops = [{ path: "/id", op: "$eq", to: { value: 123456789012345678n } }] as const;
  await proxy({ application: "api", ops })("/users?x=1", { method: "POST", body: "hi", headers: { accept: "text/*" } });
  expect(seen).toEqual([
    "POST",
    "/api/v1/proxy/api/users?x=1",
    `Bearer ${Buffer.from("pé").toString("latin1")}`,
    { ops },
    "text/plain;charset=UTF-8",
    "text/*",
    "hi",
  ]);
});

it("posts what is for others than one application", async () => {
  const seen: unknown[] = [];
  await using server = await startStandIn((request, response, body) => {
    seen.push(request.method, request.url, parseJson(body));
    response.end();
  });
  const { proxy } = createHttpApi({ server: server.address });
  const query = { application: ["edge"], ops: [] };
  await proxy(query)("/users", { method: "PATCH", body: "hi", headers: { authorization: "Basic eA==" } });
  const headers = { authorization: "Basic eA==", "content-type": "text/plain;charset=UTF-8" };
  expect(seen).toEqual(["POST", "/api/v1/proxy", { method: "PATCH", route: "/users", headers, body: "hi", query }]);
});

it("asks for a token each time where that is a function", async () => {
  const seen: unknown[] = [];
  await using server = await startStandIn((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  let count = 0;
  const { proxy } = createHttpApi({ server: server.address, auth: async () => `token-${++count}` });
  for (const path of ["/a", "/b"]) await proxy("api")(path);
  expect(seen).toEqual(["Bearer token-1", "Bearer token-2"]);
});

it("streams bytes there while they come, and back", async () => {
  await using server = await startEcho();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const first = writer.write(Uint8Array.of(0xff, 0, 1));
  const response = await createHttpApi({ server: server.address }).proxy("api")("/", { method: "PUT", body: readable });
  const reader = response.body!.getReader();
  await first;
  expect((await reader.read()).value).toEqual(Uint8Array.of(0xff, 0, 1));
  await Promise.all([writer.write(Uint8Array.of(2)), writer.close()]);
  expect((await reader.read()).value).toEqual(Uint8Array.of(2));
  expect((await reader.read()).done).toBe(true);
});

it.each(["a request", "an iterable"])("streams the body of %s", async (kind) => {
  await using server = await startEcho();
  async function* iterate(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1, 0xfe);
  }
  const { proxy } = createHttpApi({ server: server.address });
  const body = Uint8Array.of(1, 0xfe);
  const response =
    kind === "a request"
      ? await proxy("api")(new Request("http://h/a", { method: "POST", body }))
      : await proxy("api")("/a", { method: "POST", body: iterate() as never });
  expect(await response.bytes()).toEqual(body);
});

it("refuses a redirect as the answer to a stream, which could not be sent again", async () => {
  await using server = await startProxy(307, { location: "/elsewhere" }, "");
  const body = new Blob(["x"]).stream();
  const call = createHttpApi({ server: server.address }).proxy("api")("/", { method: "PUT", body });
  await expect(call).rejects.toMatchObject({ code: "client/unsupported" });
});

it("gives redirects as they are", async () => {
  await using server = await startProxy(302, { location: "http://127.0.0.1:1/elsewhere" }, "");
  const response = await createHttpApi({ server: server.address }).proxy("api")("/");
  expect([response.status, response.headers.get("location")]).toEqual([302, "http://127.0.0.1:1/elsewhere"]);
});

it("gives the target's status, headers and body as they are", async () => {
  await using server = await startProxy(418, { "x-kind": "teapot", "set-cookie": ["a=1", "b=2"] }, "short\0stout");
  const response = await createHttpApi({ server: server.address }).proxy("api")("/");
  expect([response.status, response.headers.get("x-kind")]).toEqual([418, "teapot"]);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("short\0stout");
});

describe("an answer of the server itself, as its header says, is an error", () => {
  it.each<[string, number, string, unknown, object]>([
    [
      "a target that was not reached",
      502,
      "proxy/unreachable",
      { error: "connection refused", code: "proxy/unreachable", extra_info: null },
      { code: "proxy/unreachable", message: "connection refused", retry: "later" },
    ],
    [
      "the same in its older form",
      400,
      "proxy/unreachable",
      { errors: ["connection refused"], code: "proxy/unreachable" },
      { code: "proxy/unreachable", message: "connection refused", retry: "later" },
    ],
    [
      "nobody who matches",
      400,
      "route/no-match",
      { errors: ["no_route"], code: "route/no-match" },
      { code: "route/no-match", retry: "later" },
    ],
    [
      "a field that is missing",
      400,
      "proxy/invalid",
      { method: ["no method provided"] },
      { code: "proxy/invalid", message: "the proxy refused the request: method: no method provided", retry: "never" },
    ],
    [
      "a query that is wrong",
      400,
      "query/invalid",
      { error: "invalid query", code: "query/invalid", extra_info: { at: "/ops", message: "expected a list of ops" } },
      { code: "query/invalid", message: "invalid query: /ops: expected a list of ops" },
    ],
    [
      "a wrong password",
      401,
      "http/unauthorized",
      { status: "error", error: "not authorized" },
      { code: "http/unauthorized", message: "the server does not accept this password" },
    ],
    [
      "too many wrong passwords",
      429,
      "auth/throttled",
      { error: "too many attempts", code: "auth/throttled", extra_info: { retry_after_ms: 2000 } },
      { code: "auth/throttled", details: { retry_after_ms: 2000 } },
    ],
    ["what has no body", 503, "proxy/overloaded", "", { code: "proxy/overloaded", retry: "later" }],
    ["what goes on and on", 500, "server/internal", "x".repeat(200_000), { code: "server/internal" }],
  ])("%s", async (_, status, code, body, error) => {
    const call = callProxy(status, body, { ...json, "x-singyeong-error": code });
    await expect(call).rejects.toMatchObject({ name: "SingyeongError", ...error });
  });
});

describe("any other answer is the target's and no error", () => {
  it.each<[string, number, unknown]>([
    ["what looks like the server's", 502, { error: "no", code: "proxy/unreachable", extra_info: null }],
    ["its own 401", 401, { status: "error", error: "not authorized" }],
    ["its own 404", 404, { error: "not found" }],
    ["broken JSON", 400, "{"],
    ["nothing", 400, ""],
  ])("%s", async (_, status, body) => {
    const response = await callProxy(status, body);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(typeof body === "string" ? body : JSON.stringify(body));
  });
});

describe("a call that is stopped", () => {
  it("rejects with client/aborted, before and under way", async () => {
    const controller = new AbortController();
    await using server = await startStandIn(() => controller.abort());
    const { proxy } = createHttpApi({ server: server.address });
    const call = () => proxy("api")("/", { signal: controller.signal });
    await expect(call()).rejects.toMatchObject({ code: "client/aborted" });
    await expect(call()).rejects.toMatchObject({ code: "client/aborted" });
  });

  it("rejects with client/timeout where its signal is a time limit, also that of a request", async () => {
    await using server = await startStandIn(() => {});
    const request = new Request("http://h/", { signal: AbortSignal.timeout(1) });
    const call = createHttpApi({ server: server.address }).proxy("api")(request);
    await expect(call).rejects.toMatchObject({ code: "client/timeout" });
  });
});

it("rejects with client/unreachable where the server goes away within its answer", async () => {
  await using server = await startStandIn((_request, response) => {
    const headers = { ...json, "x-singyeong-error": "proxy/unreachable", "content-length": "100" };
    response.writeHead(400, headers).write("{");
    response.destroy();
  });
  const call = createHttpApi({ server: server.address }).proxy("api")("/");
  await expect(call).rejects.toMatchObject({ code: "client/unreachable" });
});
