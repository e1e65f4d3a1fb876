import { expect, it } from "vitest";
import { isLoopback, parseAddress } from "./address.ts";

it.each([
  ["localhost", { host: "localhost", port: 4567, tls: false }],
  ["a.example:80", { host: "a.example", port: 80, tls: false }],
  ["http://a.example", { host: "a.example", port: 80, tls: false }],
  ["wss://a.example/gateway/websocket", { host: "a.example", port: 443, tls: true }],
  ["singyeong://app:p@ss@a.example", { host: "a.example", port: 80, tls: false }],
  ["ssingyeong://app@[::1]:99?encoding=msgpack", { host: "::1", port: 99, tls: true }],
])("%s is reached where it should be", (text, address) => expect(parseAddress(text)).toEqual(address));

it.each(["", "ftp://a", "a:b", "a:70000", "::1", "[a]:1", "a b"])('"%s" is no address', (text) =>
  expect(parseAddress(text)).toBeNull(),
);

it("knows this machine", () => {
  expect(["localhost", "127.0.0.1", "127.1.2.3", "::1", "a.localhost"].every(isLoopback)).toBe(true);
  expect(["10.0.0.1", "localhost.example", "example.com", "127.0.0.1.example"].some(isLoopback)).toBe(false);
});
