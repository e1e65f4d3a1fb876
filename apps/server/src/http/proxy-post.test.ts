import { describe, expect, it } from "vitest";
import { startProxyHttp } from "./proxy-http.kit.ts";

const query = { application: "px", ops: [] };
const post = (http: ReturnType<typeof startProxyHttp>, body: unknown) => http.ask("POST", "/api/v1/proxy", [], body);

async function requestOf(body: object) {
  const http = startProxyHttp();
  const answer = await post(http, { method: "GET", route: "/p", query, ...body });
  expect(answer.status).toBe(200);
  return http.requests[0]!;
}

const text = async (body: object) => Buffer.from((await requestOf(body)).body as Uint8Array).toString();

it("answers with the target's answer", async () => {
  const answer = await post(startProxyHttp(), { method: "GET", route: "/p", query });
  expect(answer).toEqual({
    status: 200,
    headers: [["content-type", "text/plain"]],
    length: 2,
    text: "hi",
    isCut: false,
  });
});

describe("the request", () => {
  it.each([
    ["/a?b=c", "/a?b=c"],
    ["a", "/a"],
    ["", "/"],
    ["//a", "//a"],
    ["http://evil/", "/http://evil/"],
    ["/a#b", "/a"],
    ["/ż ó", "/%C5%BC%20%C3%B3"],
    ["/a\r\nhost: evil", "/a%0D%0Ahost:%20evil"],
    ["/%2e%2e/x", "/%2e%2e/x"],
    ["/\ud800", "/%EF%BF%BD"],
  ])("of route %j is for %s", async (route, path) => expect((await requestOf({ route })).path).toBe(path));

  it("has its headers, and says where it came from", async () => {
    const { headers } = await requestOf({ headers: { "X-H": "v", Authorization: "t", Cookie: ["a=1", "b=2"] } });
    expect(headers).toEqual([
      ["x-h", "v"],
      ["authorization", "t"],
      ["cookie", "a=1"],
      ["cookie", "b=2"],
      ["user-agent", "singyeong"],
      ["x-forwarded-for", "192.0.2.7"],
      ["x-forwarded-proto", "https"],
    ]);
  });

  it("has text as it is, and anything else as JSON", async () => {
    const method = "POST";
    expect(await text({ method, body: "raw" })).toBe("raw");
    expect(await text({ method, body: { a: 1, big: 1 } })).toBe('{"a":1,"big":1}');
    expect(await text({ method, body: [false] })).toBe("[false]");
    expect(await text({ method, body: 0 })).toBe("0");
  });

  it("has v1's type where it may have a body, unless it says one", async () => {
    const typeOf = async (body: object) =>
      (await requestOf(body)).headers.find(([name]) => name === "content-type")?.[1];
    for (const method of ["POST", "PUT", "PATCH"]) expect(await typeOf({ method })).toBe("application/octet-stream");
    for (const method of ["GET", "DELETE"]) expect(await typeOf({ method })).toBeUndefined();
    expect(await typeOf({ method: "POST", headers: { "Content-Type": "text/x" } })).toBe("text/x");
  });

  it("has no body by null and by empty text", async () => {
    for (const body of [null, ""]) expect((await requestOf({ body })).body).toBeNull();
  });

  it("follows redirects, and may be written in small letters", async () => {
    expect(await requestOf({ method: "delete" })).toMatchObject({ method: "DELETE", maxRedirects: 10 });
  });
});

describe("is refused with v1's words", () => {
  it.each([
    [{ route: "/b", query }, { method: ["no method provided"] }],
    [{ method: "GET", query }, { route: ["no route provided"] }],
    [{ method: "GET", route: "/b" }, { query: ["no query provided"] }],
    [{}, { method: ["no method provided"], route: ["no route provided"], query: ["no query provided"] }],
    [
      { method: null, route: 1, query },
      { method: ["no method provided"], route: ["route is text"] },
    ],
    [{ method: "GET", route: "/", query: 1 }, { query: [expect.any(String)] }],
  ])("%j", async (body, faults) => {
    const http = startProxyHttp();
    const answer = await post(http, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual(faults);
    expect(answer.headers).toContainEqual(["x-singyeong-error", "proxy/invalid"]);
    expect(http.requests).toEqual([]);
  });

  it.each([
    ["OPTIONS", undefined, 'OPTIONS is not a supported method! (not supported: ["CONNECT", "OPTIONS", "TRACE"])'],
    [
      "FOO",
      undefined,
      'FOO is not a valid method! (valid methods: ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"])',
    ],
    ["GET", "x", "no body required but one given (you probably wanted to send nil)"],
    ["HEAD", {}, "no body required but one given (you probably wanted to send nil)"],
  ])("%s with body %j", async (method, body, sentence) => {
    const answer = await post(startProxyHttp(), { method, route: "/b", query, body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ errors: [sentence], code: "proxy/invalid" });
  });

  it.each([
    [{ "a b": "x" }],
    [{ "": "x" }],
    [{ "x\r\ny": "x" }],
    [{ x: "a\r\nb: c" }],
    [{ x: "\0" }],
    [{ x: 1 }],
    [{ x: ["a", null] }],
    [["x"]],
    ["x"],
  ])("headers %j", async (headers) => {
    const answer = await post(startProxyHttp(), { method: "GET", route: "/b", query, headers });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ headers: [expect.any(String)] });
  });
});

describe("a failure", () => {
  it("before the answer is a 400 with its code", async () => {
    const http = startProxyHttp({
      behave: (_, handlers) => handlers.failed({ code: "proxy/unreachable", reason: ":econnrefused" }),
    });
    const answer = await post(http, { method: "GET", route: "/b", query });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ errors: [":econnrefused"], code: "proxy/unreachable" });
    expect(answer.headers).toContainEqual(["x-singyeong-error", "proxy/unreachable"]);
  });

  it("is followed by what to do, where v1 had no word for it", async () => {
    const failure = { reason: "target not allowed", message: "list it", target: "http://10.0.0.1:80", client: "px/a" };
    const http = startProxyHttp({
      behave: (_, handlers) => handlers.failed({ code: "proxy/forbidden", ...failure }),
    });
    const answer = await post(http, { method: "GET", route: "/b", query });
    expect(JSON.parse(answer.text)).toEqual({
      errors: ["target not allowed", "http://10.0.0.1:80: list it"],
      code: "proxy/forbidden",
    });
  });

  it("within the answer cuts it", async () => {
    const http = startProxyHttp({
      behave(_, handlers) {
        handlers.head(200, [], null);
        handlers.data(Buffer.from("half"));
        handlers.failed({ code: "proxy/timeout", reason: ":timeout" });
      },
    });
    const answer = await post(http, { method: "GET", route: "/b", query });
    expect(answer).toMatchObject({ status: 200, length: null, text: "half", isCut: true });
  });
});

it("GET lists targets", async () => {
  const answer = await startProxyHttp().ask("GET", "/api/v1/proxy");
  expect(JSON.parse(answer.text)).toEqual({ in_flight: 3, targets: [] });
});
