import { describe, expect, it } from "vitest";
import { redirectOf } from "./redirect.ts";

const body = Buffer.from("x");
const request = (method: string) => ({
  method,
  url: new URL("http://a.example:81/old?q=1"),
  headers: [
    ["authorization", "s"],
    ["cookie", "c"],
    ["content-type", "t"],
    ["accept", "a"],
  ] as const,
  body,
});
const follow = (status: number, location: string | null, method = "GET") =>
  redirectOf(status, location === null ? [] : [["location", location]], request(method));

describe("a redirect", () => {
  it.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "DELETE", "GET"],
    [303, "HEAD", "HEAD"],
    [301, "PUT", "PUT"],
    [307, "POST", "POST"],
    [308, "PATCH", "PATCH"],
  ])("%i of %s is followed by %s", (status, method, next) => {
    const followed = follow(status, "/new", method);
    expect(followed?.method).toBe(next);
    expect(followed?.body).toBe(next === method ? body : null);
    expect(followed?.headers.some(([name]) => name === "content-type")).toBe(next === method);
  });

  it.each([
    ["/new#part", "http://a.example:81/new"],
    ["other", "http://a.example:81/other"],
    ["?q=2", "http://a.example:81/old?q=2"],
    ["//b.example/x", "http://b.example/x"],
    ["https://b.example", "https://b.example/"],
  ])("to %s leads to %s", (location, url) => expect(follow(302, location)?.url.href).toBe(url));

  it("keeps secrets from other origins alone", () => {
    const names = (location: string) => follow(307, location)?.headers.map(([name]) => name);
    expect(names("/new")).toEqual(["authorization", "cookie", "content-type", "accept"]);
    for (const other of ["http://b.example/", "http://a.example/", "https://a.example:81/"])
      expect(names(other)).toEqual(["content-type", "accept"]);
  });

  it("leads nowhere without a place that can be read, or with another status", () => {
    expect(follow(302, null)).toBeNull();
    expect(follow(302, "http://[")).toBeNull();
    expect(follow(300, "/new")).toBeNull();
    expect(follow(304, "/new")).toBeNull();
    expect(follow(200, "/new")).toBeNull();
  });
});
