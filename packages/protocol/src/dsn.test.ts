import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Dsn, formatDsn, parseDsn } from "./dsn.ts";

describe("a DSN", () => {
  it.each([
    [
      "singyeong://app@host",
      { application: "app", password: null, host: "host", port: 80, tls: false, encoding: "json" },
    ],
    [
      "ssingyeong://app:p%40ss@host/",
      { application: "app", password: "p@ss", host: "host", port: 443, tls: true, encoding: "json" },
    ],
    [
      "singyeong://a:b:c@h:4567/?encoding=etf",
      { application: "a", password: "b:c", host: "h", port: 4567, tls: false, encoding: "etf" },
    ],
    [
      "singyeong://a:@[::1]:1?encoding=msgpack",
      { application: "a", password: null, host: "[::1]", port: 1, tls: false, encoding: "msgpack" },
    ],
    ["singyeong://a:x@y@h", { application: "a", password: "x@y", host: "h", port: 80, tls: false, encoding: "json" }],
  ])("%s is read", (text, dsn) => {
    expect(parseDsn(text)).toEqual({ ok: true, dsn });
  });

  it.each([
    ["http://app@host", "expected singyeong://"],
    ["singyeong://host", "the application is missing"],
    ["singyeong://:pw@host", "the application is missing"],
    ["singyeong://app@", "the host is missing"],
    ["singyeong://app@host:99999", "port 99999"],
    ["singyeong://app@host:0", "port 0"],
    ["singyeong://app:%zz@host", "a % is not followed"],
    ["singyeong://app@host?encoding=xml", 'encoding "xml"'],
    ["singyeong://app@host/path", "expected singyeong://"],
  ])("%s is refused", (text, message) => {
    expect(parseDsn(text)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  it("is printed so that reading it gives the same again", () => {
    const dsn: fc.Arbitrary<Dsn> = fc.record({
      application: fc.string({ minLength: 1, unit: "grapheme" }),
      password: fc.option(fc.string({ minLength: 1, unit: "grapheme" })),
      host: fc.constantFrom("localhost", "10.0.0.1", "[::1]", "a.example"),
      port: fc.integer({ min: 1, max: 65_535 }),
      tls: fc.boolean(),
      encoding: fc.constantFrom("json", "msgpack", "etf"),
    });
    fc.assert(
      fc.property(dsn, (value) => {
        expect(parseDsn(formatDsn(value))).toEqual({ ok: true, dsn: value });
      }),
    );
  });
});
