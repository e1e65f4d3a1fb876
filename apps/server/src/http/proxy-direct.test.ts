import { describe, expect, it } from "vitest";
import type { HeaderList } from "../ports/listener.ts";
import { startProxyHttp } from "./proxy-http.kit.ts";

const at = (path: string): string => `/api/v1/proxy/${path}`;

describe("the request", () => {
  it.each([
    ["px/a/b?c=d&e", "px", "/a/b?c=d&e"],
    ["px", "px", "/"],
    ["px/", "px", "/"],
    ["px?x=1", "px", "/?x=1"],
    ["px//a", "px", "//a"],
    ["a%2Fb%20c/%2e%2e/%2F", "a/b c", "/%2e%2e/%2F"],
    ["px/../x", "px", "/../x"],
  ])("to %s is for %s at %s", async (target, application, path) => {
    const http = startProxyHttp();
    await http.ask("GET", at(target));
    expect(http.requests[0]).toMatchObject({
      path,
      query: { application },
      method: "GET",
      maxRedirects: 0,
      body: null,
    });
  });

  it.each(["/x", "%ff/x", "", "ż/x", "px/ż"])("to %j is for nobody", async (target) => {
    const http = startProxyHttp();
    expect(await http.ask("GET", at(target))).toMatchObject({ status: 400 });
    expect(http.requests).toEqual([]);
  });

  it("is passed on as it is, but for what is this server's", async () => {
    const http = startProxyHttp();
    await http.ask(
      "PATCH",
      at("px/a"),
      [
        ["host", "broker.example"],
        ["authorization", "server's"],
        ["x-singyeong-authorization", "target's"],
        ["traceparent", "00-1"],
        ["cookie", "a"],
        ["content-length", "4"],
      ],
      "body",
    );
    const { method, headers, host, length, body } = http.requests[0]!;
    expect({ method, host, length }).toEqual({ method: "PATCH", host: "broker.example", length: 4 });
    expect(headers).toEqual([
      ["traceparent", "00-1"],
      ["cookie", "a"],
      ["authorization", "target's"],
      ["x-forwarded-for", "192.0.2.7"],
      ["x-forwarded-proto", "https"],
      ["x-forwarded-host", "broker.example"],
    ]);
    const pieces: string[] = [];
    for await (const piece of body as AsyncIterable<Uint8Array>) pieces.push(Buffer.from(piece).toString());
    expect(pieces).toEqual(["body"]);
  });

  it.each(["OPTIONS", "HEAD", "PURGE"])("may be %s", async (method) => {
    const http = startProxyHttp();
    await http.ask(method, at("px/a"));
    expect(http.requests[0]?.method).toBe(method);
  });

  it.each(["CONNECT", "TRACE", "trace"])("may not be %s", async (method) => {
    const http = startProxyHttp();
    const answer = await http.ask(method, at("px/a"));
    expect(JSON.parse(answer.text)).toMatchObject({ code: "proxy/invalid" });
    expect(http.requests).toEqual([]);
  });

  const twofold: readonly HeaderList[] = [
    [
      ["content-length", "4"],
      ["transfer-encoding", "chunked"],
    ],
    [
      ["content-length", "4"],
      ["content-length", "5"],
    ],
    [["content-length", "4, 4"]],
    [["content-length", "+4"]],
    [["content-length", "0x4"]],
    [["transfer-encoding", "gzip, chunked"]],
    [["transfer-encoding", "xchunked"]],
    [
      ["transfer-encoding", "chunked"],
      ["transfer-encoding", "identity"],
    ],
    [["x\r\ny", "z"]],
    [["x", "a\r\nb: c"]],
  ];
  it.each(twofold.map((headers) => [headers]))(
    "whose head can be read in two ways goes nowhere: %j",
    async (headers) => {
      const http = startProxyHttp();
      expect(await http.ask("POST", at("px/a"), headers, "body")).toMatchObject({ status: 400 });
      expect(http.requests).toEqual([]);
    },
  );

  it("tells that its body has no known length", async () => {
    const http = startProxyHttp();
    await http.ask("POST", at("px/a"), [["transfer-encoding", "Chunked"]], "body");
    expect(http.requests[0]).toMatchObject({ length: null });
    expect(http.requests[0]!.body).not.toBeNull();
  });
});

describe("the query", () => {
  const opsOf = async (header: string) => {
    const http = startProxyHttp();
    const answer = await http.ask("GET", at("px/a"), [["x-singyeong-query", header]]);
    return { answer, query: http.requests[0]?.query };
  };

  it.each([
    "latency <= 100",
    '{"ops":[{"path":"/latency","op":"$lte","to":{"value":100}}]}',
    '{"application":"px","ops":[{"path":"/latency","op":"$lte","to":{"value":100}}]}',
    '{"application":null,"ops":[{"path":"/latency","op":"$lte","to":{"value":100}}]}',
  ])("may be %s", async (header) => {
    const { query } = await opsOf(header);
    expect(query).toMatchObject({ application: "px", ops: [expect.anything()] });
  });

  it.each(["latency <=", "{", '{"ops":1}', '{"application":"other"}', '{"application":["tag"]}'])(
    "may not be %s",
    async (header) => {
      const { answer, query } = await opsOf(header);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({
        code: "query/invalid",
        extra_info: { message: expect.any(String) },
      });
      expect(query).toBeUndefined();
    },
  );

  it("is every client of the application where it is empty", async () => {
    expect((await opsOf(" ")).query).toMatchObject({ application: "px", ops: [] });
  });
});

describe("a failure", () => {
  it.each([
    ["route/no-match", 404],
    ["proxy/unreachable", 502],
    ["proxy/circuit-open", 503],
    ["proxy/timeout", 504],
    ["proxy/forbidden", 403],
    ["proxy/overloaded", 503],
  ] as const)("%s has its own status: %i", async (code, status) => {
    const http = startProxyHttp({ behave: (_, handlers) => handlers.failed({ code, reason: "why" }) });
    const answer = await http.ask("GET", at("px/a"));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ code, extra_info: { message: "why" } });
    expect(answer.headers).toContainEqual(["x-singyeong-error", code]);
  });

  const at81 = { target: "http://127.0.0.1:81", client: "px/a" };
  it.each([
    [
      { code: "proxy/unreachable", reason: ":econnrefused", ...at81 },
      "the target could not be reached",
      { message: "connection refused", ...at81 },
    ],
    [
      { code: "proxy/unreachable", reason: ":stream/peer-lost", client: "px/a" },
      "the target could not be reached",
      { message: "its connection broke", client: "px/a" },
    ],
    [
      { code: "proxy/unreachable", reason: ":eproto", ...at81 },
      "the target could not be reached",
      { message: "eproto", ...at81 },
    ],
    [
      { code: "proxy/forbidden", reason: "target not allowed", message: "to do", ...at81 },
      "target not allowed",
      { message: "to do", ...at81 },
    ],
    [{ code: "proxy/circuit-open", reason: "target failed too often" }, "target failed too often", null],
    [{ code: "proxy/invalid", reason: "what is wrong" }, "what is wrong", null],
  ] as const)("%j is told once, with who it was", async (failure, error, extraInfo) => {
    const http = startProxyHttp({ behave: (_, handlers) => handlers.failed(failure) });
    const answer = await http.ask("GET", at("px/a"));
    expect(JSON.parse(answer.text)).toEqual({ error, code: failure.code, extra_info: extraInfo });
  });
});

describe("an answer", () => {
  it("is asked for no faster than it is read", async () => {
    let told: (() => void) | null = null;
    const http = startProxyHttp({
      roomBytes: 4,
      behave(_, handlers) {
        handlers.head(200, [], null);
        handlers.data(Buffer.from("12345"));
        told = () => {
          handlers.data(Buffer.from("6"));
          handlers.end();
        };
      },
    });
    const answer = http.ask("GET", at("px/a"));
    await new Promise(setImmediate);
    expect(http.paces).toEqual(["pause"]);
    http.drain();
    expect(http.paces).toEqual(["pause", "resume"]);
    told!();
    expect((await answer).text).toBe("123456");
  });

  it("that nobody waits for any more is called off", async () => {
    const http = startProxyHttp({ behave: () => {} });
    void http.ask("GET", at("px/a"));
    await new Promise(setImmediate);
    http.leave();
    expect(http.paces).toEqual(["abort"]);
  });

  it("may be read by pages that this server allows, whatever the target says", async () => {
    const behave: NonNullable<Parameters<typeof startProxyHttp>[0]>["behave"] = (_, handlers) => {
      handlers.head(200, [["access-control-allow-origin", "*"]], 0);
      handlers.end();
    };
    const page = "https://page.example";
    const allowedBy = async (origins: readonly string[], headers: HeaderList) => {
      const answer = await startProxyHttp({ origins, behave }).ask("GET", at("px/a"), headers);
      return answer.headers.filter(([name]) => name === "access-control-allow-origin").map(([, value]) => value);
    };
    expect(await allowedBy([page], [["origin", page]])).toEqual([page]);
    expect(await allowedBy([page], [["origin", "https://other.example"]])).toEqual([]);
    expect(await allowedBy([], [["origin", page]])).toEqual([]);
    expect(await allowedBy([], [])).toEqual(["*"]);
  });
});
