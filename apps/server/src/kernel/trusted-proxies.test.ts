import fc from "fast-check";
import { expect, it } from "vitest";
import { createTrustedProxies } from "./trusted-proxies.ts";

const ask = (entries: string[], peer: string, headers: Record<string, string>, secure = false) =>
  createTrustedProxies(entries).asker({ peer, secure }, (name) => headers[name]);

it.each([
  ["one hop", "203.0.113.9", "203.0.113.9"],
  ["made up hops before it", "1.2.3.4, 203.0.113.9", "203.0.113.9"],
  ["trusted hops behind it", "203.0.113.9, 10.1.1.1,10.2.2.2", "203.0.113.9"],
  ["trusted hops alone", "10.9.9.9, 10.1.1.1", "10.9.9.9"],
  ["a port", "203.0.113.9:4711", "203.0.113.9"],
  ["IPv6 in brackets", "[2001:0db8::7]:4711", "2001:db8::7"],
  ["IPv4 in IPv6", "::ffff:203.0.113.9", "203.0.113.9"],
  ["something that is no address", "203.0.113.9, unknown", "10.0.0.1"],
  ["something that is no address before a trusted hop", "nonsense, 10.1.1.1", "10.1.1.1"],
  ["nothing", "", "10.0.0.1"],
])("X-Forwarded-For with %s", (_name, value, peer) => {
  expect(ask(["10.0.0.0/8"], "10.0.0.1", { "x-forwarded-for": value }).peer).toBe(peer);
});

it.each([
  ["https", true],
  ["http", false],
  ["wss", true],
  ["http, https", true],
  ["https, http", false],
  ["", false],
])("X-Forwarded-Proto %j is secure: %s", (value, secure) => {
  expect(ask(["::1"], "::1", { "x-forwarded-proto": value }).secure).toBe(secure);
});

it("believes networks of both kinds, and addresses", () => {
  const proxies = createTrustedProxies(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]);
  expect(["10.255.0.1", "2001:db8:ffff::1", "192.0.2.1"].every(proxies.trusts)).toBe(true);
  expect(["11.0.0.1", "2001:db9::1", "192.0.2.2", "", "localhost"].some(proxies.trusts)).toBe(false);
});

it.each(["", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "2001:db8::/129", "10.0.0.0/-1", "10.0/8"])(
  "%j is neither an address nor a network",
  (entry) => {
    expect(() => createTrustedProxies([entry])).toThrow(`"${entry}"`);
  },
);

it("never tells what only an untrusted hop says", () => {
  const proxies = createTrustedProxies(["10.0.0.0/8"]);
  fc.assert(
    fc.property(
      fc.array(fc.ipV4()),
      fc.ipV4().filter((address) => !proxies.trusts(address)),
      (made, client) => {
        const forwardedFor = [...made, client, "10.1.1.1"].join(", ");
        const socket = { peer: "10.0.0.1", secure: false };
        expect(proxies.asker(socket, (name) => (name === "x-forwarded-for" ? forwardedFor : undefined)).peer).toBe(
          client,
        );
      },
    ),
  );
});
