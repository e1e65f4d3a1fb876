import { describe, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, freshName, identifiedClient, leave } from "../../src/identified.ts";

const json = "application/json; charset=utf-8";
const unauthorized = '{"status":"error","error":"not authorized"}';
const notFound = '{"code":404,"error":"not found"}';

eachListener("HTTP with a password", ["--auth", "s3cret", "--auth-attempts", "0"], (server) => {
  test.each(["/api/version", "/healthz", "/readyz"])("GET %s asks for none", async (path) => {
    expect((await ask(server(), "GET", path)).status).toBe(200);
  });

  describe.each([
    ["POST", "/api/v1/query", {}],
    ["POST", "/api/v1/explain", {}],
    ["GET", "/api/v1/discovery/tags?q=[]", undefined],
    ["GET", "/metrics", undefined],
  ])("%s %s", (method, path, body) => {
    test.each([
      ["none", {}],
      ["an empty one", { authorization: "" }],
      ["a wrong one", { authorization: "wrong" }],
      ["a wrong bearer", { authorization: "Bearer wrong" }],
      ["basic credentials", { authorization: "Basic czNjcmV0" }],
    ])("is refused with %s, in v1's words", async (_name, headers) => {
      const answer = await ask(server(), method, path, { headers, body });
      expect(answer.status).toBe(401);
      expect(answer.text).toBe(unauthorized);
      expect(answer.headers.get("content-type")).toBe(json);
    });

    test.each(["s3cret", "Bearer s3cret", "bearer s3cret"])("is answered with %s", async (authorization) => {
      expect((await ask(server(), method, path, { headers: { authorization }, body })).status).toBe(200);
    });
  });

  test("what does not exist is 404 with and without it", async () => {
    for (const headers of [{}, { authorization: "s3cret" }]) {
      expect((await ask(server(), "GET", "/api/v1/nope", { headers })).text).toBe(notFound);
    }
  });
});

eachListener("HTTP", [], (server) => {
  test("GET /api/version tells the server's and the protocol's", async () => {
    const answer = await ask(server(), "GET", "/api/version");
    expect(answer.json).toEqual({ singyeong: expect.stringMatching(/^\d+\.\d+\.\d+/), api: "v1" });
    expect(answer.headers.get("content-type")).toBe(json);
  });

  test.each([
    ["GET", "/nope"],
    ["GET", "/gateway"],
    ["GET", "/api/v1/query"],
    ["DELETE", "/api/v1/query"],
    ["POST", "/api/version"],
    ["GET", "/api/version/"],
    ["GET", "/api/v1/plugin/x"],
    ["OPTIONS", "/api/v1/query"],
    ["GET", "/__proto__"],
    ["GET", "/%2e%2e/etc/passwd"],
  ])("%s %s is 404, in v1's words", async (method, path) => {
    const answer = await ask(server(), method, path, method === "POST" ? { body: {} } : {});
    expect(answer.status).toBe(404);
    expect(answer.text).toBe(notFound);
    expect(answer.headers.get("content-type")).toBe(json);
  });

  test("GET / redirects", async () => {
    const answer = await ask(server(), "GET", "/");
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toMatch(/^\//);
  });

  test("a plain GET of the socket's path is 426", async () => {
    expect((await ask(server(), "GET", "/gateway/websocket")).status).toBe(426);
  });

  test("HEAD answers as GET does, without a body", async () => {
    const answer = await ask(server(), "HEAD", "/api/version");
    expect(answer.status).toBe(200);
    expect(answer.text).toBe("");
    const length = (await ask(server(), "GET", "/api/version")).text.length;
    expect(answer.headers.get("content-length")).toBe(String(length));
  });

  test("/healthz and /readyz are ok", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const answer = await ask(server(), "GET", path);
      expect([answer.status, answer.text]).toEqual([200, "ok\n"]);
    }
  });

  test("/metrics counts connections, clients, events and errors", async () => {
    await using client = await identifiedClient(server());
    client.dispatch("SEND", { target: everyoneIn("nobody"), payload: 1 });
    await client.next();
    const { text, headers } = await ask(server(), "GET", "/metrics");
    expect(headers.get("content-type")).toMatch(/^text\/plain/);
    expect(text).toMatch(/^singyeong_connections [1-9]/m);
    expect(text).toMatch(/^singyeong_clients [1-9]/m);
    expect(text).toMatch(/^singyeong_events_total\{event="SEND"\} [1-9]/m);
    expect(text).toMatch(/^singyeong_errors_total\{code="route\/no-match"\} [1-9]/m);
  });

  test.each([
    ["no JSON", "{bad"],
    ["empty", ""],
    ["two values", "{}{}"],
    ["too deep", `${"[".repeat(129)}${"]".repeat(129)}`],
  ])("a body that is %s is 400 with a code", async (_name, body) => {
    for (const path of ["/api/v1/query", "/api/v1/explain"]) {
      const answer = await ask(server(), "POST", path, { body });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ error: "malformed body", code: "http/malformed-body" });
    }
  });

  test("a body that is no UTF-8 is 400", async () => {
    const response = await fetch(`${server().httpUrl}/api/v1/query`, {
      method: "POST",
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "http/malformed-body" });
  });

  test("a body beyond 1 MiB is 413, and the server goes on", async () => {
    const answer = await ask(server(), "POST", "/api/v1/query", { body: `"${"x".repeat(1_048_576)}"` });
    expect(answer.status).toBe(413);
    expect(answer.json).toMatchObject({ code: "http/body-too-large" });
    expect((await ask(server(), "GET", "/healthz")).status).toBe(200);
  });

  test("a bad query is 400 and names the place", async () => {
    const body = { ops: [{ path: "/x", op: "$regex", to: { value: 1 } }] };
    for (const path of ["/api/v1/query", "/api/v1/explain"]) {
      const answer = await ask(server(), "POST", path, { body });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({
        error: "invalid query",
        code: "query/invalid",
        extra_info: { at: "/ops/0/op" },
      });
    }
  });

  test("explain tells per candidate whether it matched and which op failed", async () => {
    const application = freshName("app");
    const metadata = { n: { type: "integer", value: 1 } };
    await using has = await identifiedClient(server(), { application, identify: { metadata } });
    await using lacks = await identifiedClient(server(), { application });
    const body = { application, ops: [{ path: "/n", op: "$eq", to: { value: 1 } }] };
    const { status, text, json: explanation } = await ask(server(), "POST", "/api/v1/explain", { body });
    expect(status).toBe(200);
    expect(explanation.matched).toBe(1);
    for (const client of [has, lacks]) expect(text).toContain(client.id);
  });

  test("discovery lists applications of which one client holds all the tags", async () => {
    const [one, two] = [freshName("tag"), freshName("tag")];
    const application = freshName("app");
    await using both = await identifiedClient(server(), { application, identify: { tags: [one, two] } });
    await using first = await identifiedClient(server(), { identify: { tags: [one] } });
    await using split = await identifiedClient(server(), { application: first.application, identify: { tags: [two] } });
    const discover = async (tags: readonly string[]) =>
      (await ask(server(), "GET", `/api/v1/discovery/tags?q=${encodeURIComponent(JSON.stringify(tags))}`)).json;
    expect(await discover([one, two])).toEqual({ status: "ok", result: [application] });
    expect(await discover([one])).toEqual({ status: "ok", result: [application, first.application].sort() });
    await leave(server(), both);
    expect(await discover([one, two])).toEqual({ status: "ok", result: [] });
    await split.settle();
  });

  test.each(["", "?q=", "?q=x", "?q={}", "?q=[1]"])("discovery with %j is 400 with a code", async (query) => {
    const answer = await ask(server(), "GET", `/api/v1/discovery/tags${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "http/malformed-query" });
  });

  test("no origin is allowed unless the settings say so", async () => {
    const answer = await ask(server(), "GET", "/api/version", { headers: { origin: "https://a.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

const origins = "https://a.example,https://b.example";

eachListener("CORS", ["--auth", "s3cret", "--origins", origins], (server) => {
  const preflight = (origin: string) => ({
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
  });

  test.each(origins.split(","))("an answer may be read by a page of %s, be it an error or not", async (origin) => {
    for (const path of ["/api/version", "/metrics", "/nope"]) {
      const { headers } = await ask(server(), "GET", path, { headers: { origin } });
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("vary")).toBe("Origin");
    }
  });

  test("a preflight of such a page needs no password and allows what it asks for", async () => {
    const answer = await ask(server(), "OPTIONS", "/api/v1/query", preflight("https://a.example"));
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    expect(answer.headers.get("access-control-allow-headers")).toContain("authorization");
  });

  test("other origins get no such header, and no preflight", async () => {
    const answer = await ask(server(), "GET", "/api/version", { headers: { origin: "https://c.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect((await ask(server(), "OPTIONS", "/api/v1/query", preflight("https://c.example"))).status).toBe(404);
  });
});
