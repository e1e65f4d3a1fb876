import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGuard } from "./guard.ts";

const peer = "192.0.2.7";
const allowed = (allow: readonly string[], address: string, host = address, from = peer): boolean =>
  createGuard(allow).allows(address, host, from);

describe("without a list", () => {
  it("a client reaches its own address, and nothing else", () => {
    expect(allowed([], peer)).toBe(true);
    for (const other of ["192.0.2.8", "127.0.0.1", "10.0.0.1", "::1", "2001:db8::1"])
      expect(allowed([], other)).toBe(false);
  });

  it("a client on this machine reaches all of its addresses", () => {
    expect(allowed([], "127.0.0.1", "localhost", "::1")).toBe(true);
    expect(allowed([], "::1", "localhost", "127.0.0.1")).toBe(true);
    expect(allowed([], "127.8.8.8", "127.8.8.8", "127.0.0.1")).toBe(true);
    expect(allowed([], "10.0.0.1", "10.0.0.1", "127.0.0.1")).toBe(false);
  });

  it("a peer's address counts however a listener spells it", () => {
    expect(allowed([], "::1", "::1", "0000:0000:0000:0000:0000:0000:0000:0001")).toBe(true);
    expect(allowed([], "192.0.2.7", "192.0.2.7", "::ffff:192.0.2.7")).toBe(true);
  });
});

describe("with a list", () => {
  it.each([
    ["10.0.0.0/8", "10.9.8.7", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["2001:db8::/32", "2001:db8:5::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["10.0.0.1", "10.0.0.1", true],
    ["10.0.0.1", "10.0.0.2", false],
    ["::ffff:10.0.0.1", "10.0.0.1", true],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "2001:db8::1", true],
  ])("%s: %s is %s", (entry, address, expected) => expect(allowed([entry], address)).toBe(expected));

  it("a name stands for whatever it resolves to, and for no other name", () => {
    expect(allowed(["api.example"], "10.0.0.1", "api.example")).toBe(true);
    expect(allowed(["API.Example."], "10.0.0.1", "api.example")).toBe(true);
    expect(allowed(["api.example"], "10.0.0.1", "www.example")).toBe(false);
    expect(allowed(["api.example"], "10.0.0.1", "api.example.evil")).toBe(false);
  });

  it("a suffix stands for the names below it", () => {
    expect(allowed(["*.example"], "10.0.0.1", "a.b.example")).toBe(true);
    for (const host of ["example", "notexample", "a.example.evil"])
      expect(allowed(["*.example"], "10.0.0.1", host)).toBe(false);
  });

  it.each([
    "10.0.0.0/33",
    "2001:db8::/129",
    "10.0.0.0/x",
    "10.0.0.0/",
    "api.example/8",
    "*",
    "a b",
    "http://x",
    "x:80",
    "1.2.3",
  ])("%j is refused at once", (entry) => expect(() => createGuard([entry])).toThrow(JSON.stringify(entry)));
});

describe("addresses that nobody means", () => {
  const special = [
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "169.254.169.254",
    "169.254.170.2",
    "fe80::1",
    "febf::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "::ffff:0:a9fe:a9fe",
  ];

  it.each(special)("%s is not opened by wide networks, names or suffixes", (address) => {
    const wide = ["0.0.0.0/0", "::/0", "169.0.0.0/8", "100.64.0.0/10", "fc00::/7", "meta.example", "*.example"];
    expect(allowed(wide, address, "meta.example")).toBe(false);
  });

  it.each(special)("%s is not opened by a client that seems to come from there", (address) => {
    expect(createGuard([]).allows(address, address, address)).toBe(false);
  });

  it.each(special)("%s is opened by itself", (address) => expect(allowed([address], address)).toBe(true));

  it("are opened by a network that lies among them", () => {
    expect(allowed(["169.254.0.0/16"], "169.254.169.254")).toBe(true);
    expect(allowed(["169.254.170.0/24"], "169.254.170.2")).toBe(true);
    expect(allowed(["169.254.170.0/24"], "169.254.169.254")).toBe(false);
    expect(allowed(["fe80::/10"], "fe80::1")).toBe(true);
  });

  it("stay shut whatever list of wider networks there is", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 15 })), fc.constantFrom(...special), (bits, address) => {
        const list = bits.flatMap((prefix) =>
          [`169.254.0.0/${prefix}`, `fe80::/${Math.min(prefix, 9)}`].filter((each) => each !== "0.0.0.0/8"),
        );
        expect(allowed(list, address)).toBe(false);
      }),
    );
  });
});
