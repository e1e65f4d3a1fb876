import { describe, expect, it } from "vitest";
import type { ProxyFetch } from "./http.ts";
import { createPostedRequest, type PostedRequest } from "./posted-request.ts";
import { readProxyRequest } from "./proxy-request.ts";

/** What is posted, without the query. */
async function post(...args: Parameters<ProxyFetch>): Promise<Omit<PostedRequest, "query">> {
  const { query, ...rest } = await createPostedRequest(await readProxyRequest(...args), { ops: [] });
  expect(query).toEqual({ ops: [] });
  return rest;
}

describe("the route is path and query string", () => {
  it.each<[string | URL | Request, string]>([
    ["/users/17?full=1#top", "/users/17?full=1"],
    ["users/17", "/users/17"],
    ["//odd/path", "//odd/path"],
    ["/", "/"],
    ["", "/"],
    ["?q=1", "/?q=1"],
    ["/a b/é", "/a%20b/%C3%A9"],
    ["http://elsewhere:99/a?b", "/a?b"],
    [new URL("http://elsewhere/a"), "/a"],
    [new Request("http://elsewhere/a?b=c"), "/a?b=c"],
  ])("%s", async (input, route) => {
    expect(await post(input)).toEqual({ method: "GET", route });
  });
});

describe("method, headers and body", () => {
  it("are those of init", async () => {
    const init = {
      method: "post",
      body: '{"id":12345678901234567890}',
      headers: { "content-type": "application/json" },
    };
    expect(await post("/", init)).toEqual({
      method: "POST",
      route: "/",
      headers: { "content-type": "application/json" },
      body: '{"id":12345678901234567890}',
    });
  });

  it("are those of the request, but for what init says", async () => {
    const make = () => new Request("http://h/a", { method: "PUT", body: "text", headers: { a: "1", b: "2" } });
    const type = "text/plain;charset=UTF-8";
    expect(await post(make())).toEqual({
      method: "PUT",
      route: "/a",
      headers: { a: "1", b: "2", "content-type": type },
      body: "text",
    });
    expect(await post(make(), { method: "PATCH", headers: { c: "3" }, body: "more" })).toEqual({
      method: "PATCH",
      route: "/a",
      headers: { c: "3", "content-type": type },
      body: "more",
    });
  });

  it("may be repeated headers: joined as HTTP joins them, or a list where they may not be", async () => {
    const headers: [string, string][] = [
      ["x", "1"],
      ["X", "2"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["__proto__", "3"],
    ];
    const { headers: sent } = await post("/", { headers });
    expect(Object.entries(sent!)).toEqual([
      ["__proto__", "3"],
      ["set-cookie", ["a=1", "b=2"]],
      ["x", "1, 2"],
    ]);
  });

  it.each<[string, RequestInit["body"], string, string | undefined]>([
    ["form fields", new URLSearchParams({ a: "1 2" }), "a=1+2", "application/x-www-form-urlencoded;charset=UTF-8"],
    ["bytes of UTF-8", new TextEncoder().encode("\ufeff신경"), "\ufeff신경", undefined],
    ["a blob", new Blob(["{}"], { type: "application/json" }), "{}", "application/json"],
    ["empty text", "", "", "text/plain;charset=UTF-8"],
  ])("may be %s", async (_, body, text, type) => {
    const request = await post("/", { method: "POST", body: body ?? null });
    expect([request.body, request.headers?.["content-type"]]).toEqual([text, type]);
  });
});

describe("is refused", () => {
  it("a body that is no UTF-8", async () => {
    const call = post("/", { method: "POST", body: new Uint8Array([0xff, 0xfe]) });
    await expect(call).rejects.toMatchObject({ code: "client/unsupported" });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a GET with a body", () => post("/", { body: "x" })],
    ["a HEAD with a body", () => post("/", { method: "HEAD", body: "x" })],
    ["what is no URL", () => post("http://[")],
    [
      "a body that was read before",
      async () => {
        const request = new Request("http://h", { method: "POST", body: "x" });
        await request.text();
        return post(request);
      },
    ],
  ])("%s", async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: "client/invalid-value" });
  });
});
