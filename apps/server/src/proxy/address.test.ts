import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embeddedIpv4, readAddress } from "./address.ts";
import { readTargetBase } from "./target-base.ts";

describe("an address", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["[::1]", "::1"],
    ["0000:0000:0000:0000:0000:0000:0000:0001", "::1"],
    ["FD00:EC2::254", "fd00:ec2::254"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:7f00:1", "127.0.0.1"],
    ["0:0:0:0:0:ffff:a9fe:a9fe", "169.254.169.254"],
    ["1::", "1::"],
    ["fe80::1%eth0", null],
    ["127.0.0.01", null],
    ["127.1", null],
    ["localhost", null],
    ["", null],
  ])("%s is %s", (text, address) => expect(readAddress(text)).toBe(address));

  it("has one spelling, however it is written", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = readAddress(text);
        expect(address).not.toBeNull();
        expect(readAddress(address!)).toBe(address);
      }),
    );
  });

  it.each([
    ["64:ff9b::a9fe:a9fe", "169.254.169.254"],
    ["64:ff9b:1::a9fe:a9fe", "169.254.169.254"],
    ["2002:a9fe:a9fe::1", "169.254.169.254"],
    ["::a9fe:a9fe", "169.254.169.254"],
    ["::ffff:0:a9fe:a9fe", "169.254.169.254"],
    ["::1", null],
    ["::", null],
    ["2001:db8::a9fe:a9fe", null],
    ["10.0.0.1", null],
  ])("%s leads to %s", (address, inner) => expect(embeddedIpv4(address)).toBe(inner));
});

describe("what a client announces", () => {
  it.each([
    ["10.0.0.1", "http://10.0.0.1:80", "10.0.0.1", ""],
    ["10.0.0.1:8080", "http://10.0.0.1:8080", "10.0.0.1:8080", ""],
    ["::1", "http://[::1]:80", "[::1]", ""],
    ["[::1]:8080", "http://[::1]:8080", "[::1]:8080", ""],
    ["[::ffff:127.0.0.1]:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", ""],
    ["::ffff:169.254.169.254", "http://169.254.169.254:80", "169.254.169.254", ""],
    ["0x7f.1", "http://127.0.0.1:80", "127.0.0.1", ""],
    ["2130706433", "http://127.0.0.1:80", "127.0.0.1", ""],
    ["017700000001:81", "http://127.0.0.1:81", "127.0.0.1:81", ""],
    ["127.0.0.1.", "http://127.0.0.1:80", "127.0.0.1", ""],
    ["API.Example:99", "http://api.example:99", "api.example:99", ""],
    ["api.example.", "http://api.example:80", "api.example", ""],
    ["https://api.example", "https://api.example:443", "api.example", ""],
    ["https://api.example:8443/base/", "https://api.example:8443", "api.example:8443", "/base"],
    ["HTTP://api.example/", "http://api.example:80", "api.example", ""],
  ])("%s is %s", (text, origin, authority, prefix) => {
    const base = readTargetBase(text);
    expect(base).toMatchObject({ origin, prefix });
    expect(base?.authority.replace(/\.$/, "")).toBe(authority);
  });

  it.each([
    "",
    "a b",
    "http://user:password@host",
    "user@host",
    "host?x=1",
    "host#x",
    "ftp://host",
    "file:///etc/passwd",
    "host:99999",
    "host:0",
    "host\r\nx: y",
    "höst",
    "http://",
    "999.1.1.1",
    "x".repeat(3000),
  ])("%j is none", (text) => expect(readTargetBase(text)).toBeNull());
});
