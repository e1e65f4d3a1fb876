import { describe, expect, it } from "vitest";
import { parseJson } from "../codec/json.ts";
import { createHttpApi } from "./create-http-api.ts";
import { type StandIn, startStandIn } from "./stand-in.kit.ts";

const json = { "content-type": "application/json" };

/** A server whose proxy gives one answer (docs/protocol/http.md). */
function startProxy(status: number, headers: Record<string, string | string[]>, body: string): Promise<StandIn> {
  return startStandIn((_request, response) => response.writeHead(status, headers).end(body));
}

async function callProxy(status: number, body: unknown, headers: Record<string, string> = json): Promise<Response> {
  await using server = await startProxy(status, headers, typeof body === "string" ? body : JSON.stringify(body));
  const response = await createHttpApi({ server: server.address, auth: "pw" }).proxy("api")("/users");
  return new Response(await response.text(), response);
}

it("sends the request with the query, under the password", async () => {
  const seen: unknown[] = [];
  await using server = await startStandIn((request, response, body) => {
    seen.push(request.method, request.url, request.headers.authorization, parseJson(body));
    response.end();
  });
  const { proxy } = createHttpApi({ server: `singyeong://:p%C3%A9@${server.address}` });
  const ops = [{ path: "/id", op: "$eq", to: { value: 123456789012345678n } }] as const;
  await proxy({ application: "api", ops })("/users?x=1", { method: "POST", body: "hi", headers: { accept: "text/*" } });
  expect(seen).toEqual([
    "POST",
    "/api/v1/proxy",
    `Bearer ${Buffer.from("pé").toString("latin1")}`,
    {
      method: "POST",
      route: "/users?x=1",
      headers: { accept: "text/*", "content-type": "text/plain;charset=UTF-8" },
      body: "hi",
      query: { application: "api", ops },
    },
  ]);
});

it("gives the target's status, headers and body as they are", async () => {
  await using server = await startProxy(418, { "x-kind": "teapot", "set-cookie": ["a=1", "b=2"] }, "short\0stout");
  const response = await createHttpApi({ server: server.address }).proxy("api")("/");
  expect([response.status, response.headers.get("x-kind")]).toEqual([418, "teapot"]);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("short\0stout");
});

describe("an answer of the server itself is an error", () => {
  it.each<[string, number, unknown, object]>([
    [
      "a target that was not reached",
      400,
      { errors: ["connection refused"], code: "proxy/unreachable" },
      { code: "proxy/unreachable", message: "connection refused", retry: "later" },
    ],
    [
      "nobody who matches",
      400,
      { errors: ["no_route"], code: "route/no-match" },
      { code: "route/no-match", retry: "later" },
    ],
    [
      "a field that is missing",
      400,
      { method: ["no method provided"] },
      { code: "client/http", message: "the proxy refused the request: method: no method provided", retry: "never" },
    ],
    [
      "a query that is wrong",
      400,
      { error: "invalid query", code: "query/invalid", extra_info: { at: "/ops", message: "expected a list of ops" } },
      { code: "query/invalid", message: "invalid query: /ops: expected a list of ops" },
    ],
    ["a wrong password", 401, { status: "error", error: "not authorized" }, { code: "http/unauthorized" }],
    [
      "a server without a proxy",
      404,
      { code: 404, error: "not found" },
      { code: "http/not-found", message: "this server has no proxy" },
    ],
    [
      "a fault of the server",
      500,
      { error: "internal server error", code: "server/internal", extra_info: null },
      { code: "server/internal", retry: "reconnect" },
    ],
  ])("%s", async (_, status, body, error) => {
    await expect(callProxy(status, body)).rejects.toMatchObject({ name: "SingyeongError", ...error });
  });
});

describe("an answer of the target is no error, whatever its status", () => {
  it.each<[string, number, unknown]>([
    ["errors of its own", 400, { errors: ["name is missing"] }],
    ["errors with a code of its own", 400, { errors: ["no"], code: "E42" }],
    ["its own 401", 401, { error: "not authorized" }],
    ["its own 404", 404, { error: "not found" }],
    ["its own 500", 500, { error: "oops", code: "db/down" }],
    ["a status of the server's with a success", 200, { errors: ["x"], code: "proxy/unreachable" }],
    ["a list", 400, []],
    ["broken JSON", 400, "{"],
    ["nothing", 400, ""],
    ["more than anyone looks at", 400, { errors: ["x".repeat(200_000)], code: "proxy/unreachable" }],
  ])("%s", async (_, status, body) => {
    const response = await callProxy(status, body);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(typeof body === "string" ? body : JSON.stringify(body));
  });

  it("nor is what does not say that it is JSON", async () => {
    const body = { errors: ["x"], code: "proxy/unreachable" };
    expect((await callProxy(400, body, { "content-type": "text/plain" })).status).toBe(400);
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
    response.writeHead(400, { ...json, "content-length": "100" }).write("{");
    response.destroy();
  });
  const call = createHttpApi({ server: server.address }).proxy("api")("/");
  await expect(call).rejects.toMatchObject({ code: "client/unreachable" });
});
