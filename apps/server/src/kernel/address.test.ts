import { expect, it } from "vitest";
import { isEverywhere, isLoopback, normalizeAddress, reachableHost } from "./address.ts";

it.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::ffff:10.1.2.3", "10.1.2.3"],
  ["0000:0000:0000:0000:0000:ffff:7f00:0001", "127.0.0.1"],
  ["0000:0000:0000:0000:0000:0000:0000:0001", "::1"],
  ["2001:0DB8:0000:0000:0000:0000:0000:00aB", "2001:db8::ab"],
  ["fe80::1", "fe80::1"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["", ""],
])("the address %j reads %j", (text, expected) => {
  expect(normalizeAddress(text)).toBe(expected);
});

it("knows which addresses stay on the machine", () => {
  expect(["127.0.0.1", "127.9.9.9", "localhost", "::1"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "10.0.0.1", "::", "127x.example"].some(isLoopback)).toBe(false);
});

it("knows which addresses stand for all of the machine's", () => {
  expect(["0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0"].every(isEverywhere)).toBe(true);
  expect(["127.0.0.1", "::1", "fe80::1", "10.0.0.0", "localhost", ""].some(isEverywhere)).toBe(false);
});

it.each([
  ["0.0.0.0", "localhost"],
  ["::", "localhost"],
  ["127.0.0.1", "127.0.0.1"],
  ["example.org", "example.org"],
  ["::1", "[::1]"],
  ["fd00::2", "[fd00::2]"],
])("a server on %s is reached at %s", (host, expected) => {
  expect(reachableHost(host)).toBe(expected);
  expect(new URL(`ws://${reachableHost(host)}:80/`).hostname).toBe(expected);
});
