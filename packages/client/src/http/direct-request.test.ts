import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Query } from "../query/query.ts";
import { createDirectRequest } from "./direct-request.ts";
import type { ServerRequest } from "./server-caller.ts";

function make(query: Query, headers: Record<string, string> = {}, route = "/a?b=c"): ServerRequest | null {
  return createDirectRequest({ method: "GET", route, headers: new Headers(headers), body: null }, query);
}
const headersOf = (request: ServerRequest | null) => Object.fromEntries(request!.headers!);
const ops = [{ path: "/a", op: "$eq", to: { value: 1 } }] as const;

describe("the path names the application and is the target's from there on", () => {
  it.each([
    ["api", "/a?b=c", "/api/v1/proxy/api/a?b=c"],
    ["a/b?c#d%", "/", "/api/v1/proxy/a%2Fb%3Fc%23d%25/"],
    ["신경", "//odd", "/api/v1/proxy/%EC%8B%A0%EA%B2%BD//odd"],
  ])("%s, %s", (application, route, path) => {
    expect(make({ application }, {}, route)).toMatchObject({
      path,
      method: "GET",
      body: null,
    });
  });
});

describe("the query is a header", () => {
  it("that is left out where it says nothing", () => {
    expect(headersOf(make({ application: "api", ops: [], key: undefined }))).toEqual({});
  });

  it.each<Omit<Query, "application">>([
    { ops },
    { ops: [], restricted: true },
    { key: "k", selector: { $min: "/load" } },
  ])("%j", (rest) => {
    const { "x-singyeong-query": header } = headersOf(make({ application: "api", ...rest }));
    expect(JSON.parse(header!)).toEqual(rest);
  });

  it("of printable ASCII, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (key) => {
        const { "x-singyeong-query": header } = headersOf(make({ application: "api", key }));
        return /^[ -~]*$/.test(header!) && JSON.parse(header!).key === key;
      }),
      { numRuns: 30 },
    );
  });
});

describe("the other form is for", () => {
  it.each<[string, Query]>([
    ["everyone", { ops }],
    ["tags", { application: ["edge"] }],
    ["names that a URL cannot hold", { application: ".." }],
    ["no name", { application: "" }],
    ["a query that is too long for a header", { application: "api", key: "x".repeat(2048) }],
  ])("%s", (_, query) => expect(make(query)).toBeNull());
});

it("leaves the header of authorization to the server, and the target's has a name of its own", () => {
  expect(headersOf(make({ application: "api" }, { authorization: "Basic eA==", "x-other": "1" }))).toEqual({
    "x-other": "1",
    "x-singyeong-authorization": "Basic eA==",
  });
});

it("drops headers that are of one connection, those that `connection` names included", () => {
  const headers = {
    connection: "close, X-Own, ?(",
    "x-own": "1",
    te: "trailers",
    host: "h",
    expect: "100-continue",
    a: "1",
  };
  expect(headersOf(make({ application: "api" }, headers))).toEqual({ a: "1" });
});
