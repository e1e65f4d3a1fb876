import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { CreateListener } from "../src/ports/listener.ts";
import { dial, startListener } from "./listener-harness.ts";

const forwarded = "X-Forwarded-For: 203.0.113.9, 198.51.100.1, 10.0.0.2\r\nX-Forwarded-Proto: https\r\n";

/** A PROXY header, version 2. */
function proxyHeader(family: number, addresses: readonly number[], command = 1): Buffer {
  const fixed = [
    0x0d,
    0x0a,
    0x0d,
    0x0a,
    0,
    0x0d,
    0x0a,
    0x51,
    0x55,
    0x49,
    0x54,
    0x0a,
    0x20 | command,
    (family << 4) | 1,
  ];
  return Buffer.from([...fixed, 0, addresses.length, ...addresses]);
}

const v4 = proxyHeader(1, [203, 0, 113, 9, 127, 0, 0, 1, 0, 1, 0, 2]);
const v6 = proxyHeader(2, [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 7, ...Array(15).fill(0), 1, 0, 1, 0, 2]);
const local = proxyHeader(0, [], 0);
const request = Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n");

/** Who asks, where proxies stand between. */
export function describeProxies(load: () => Promise<CreateListener>): void {
  test.each([
    ["nobody is trusted", [], "127.0.0.1", false],
    ["others are trusted", ["10.0.0.0/8", "127.0.0.2"], "127.0.0.1", false],
    ["the socket's peer is trusted", ["127.0.0.1"], "10.0.0.2", true],
    ["the whole way is trusted but one", ["127.0.0.0/8", "10.0.0.0/8"], "198.51.100.1", true],
    ["all of it is trusted", ["0.0.0.0/0"], "203.0.113.9", true],
  ])("where %s, who asks is told so", async (_name, trustedProxies, peer, secure) => {
    await using server = await startListener(await load(), { trustedProxies });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${forwarded}\r\n`);
    expect(await server.request()).toMatchObject({ peer, secure });
    socket.destroy();
    const headers = { "x-forwarded-for": "203.0.113.9, 198.51.100.1, 10.0.0.2", "x-forwarded-proto": "https" };
    const client = await dial(server.port, "/", { headers, origin: "https://page.example" });
    expect(server.upgrades[0]).toMatchObject({ peer, secure, origin: "https://page.example" });
    expect((await server.connection()).hello).toMatchObject({ peer, isRelayed: peer === "127.0.0.1" });
    client.socket.terminate();
  });

  test.each([
    [{}, false],
    [{ "x-forwarded-for": "203.0.113.9" }, true],
    [{ forwarded: "for=203.0.113.9" }, true],
  ])("what a proxy that is not trusted passes on with %j is known to be that: %s", async (headers, isRelayed) => {
    await using server = await startListener(await load());
    const client = await dial(server.port, "/", { headers });
    expect(server.upgrades[0]).toMatchObject({ peer: "127.0.0.1", isRelayed });
    client.socket.terminate();
  });

  test("a PROXY header changes nothing where the setting is off: at most, it is passed over", async () => {
    await using server = await startListener(await load(), { trustedProxies: ["127.0.0.1"] });
    const socket = connect(server.port, "127.0.0.1").on("error", () => {});
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.resume().end(Buffer.concat([v4, request]));
    await closed;
    expect(server.untaken.map((exchange) => exchange.peer)).not.toContain("203.0.113.9");
  });

  test("an upgrade of no page has no origin", async () => {
    await using server = await startListener(await load());
    const client = await dial(server.port);
    expect(server.upgrades[0]).toMatchObject({ origin: null, secure: false });
    client.socket.terminate();
  });

  test("what is neither an address nor a network is named", async () => {
    await expect(startListener(await load(), { trustedProxies: ["10.0.0.0/8", "proxy.example"] })).rejects.toThrow(
      '"proxy.example"',
    );
  });
}

/** The PROXY protocol, of those adapters that have it. */
export function describeProxyProtocol(load: () => Promise<CreateListener>): void {
  const options = { proxyProtocol: true, trustedProxies: ["127.0.0.1"] };

  test.each([
    ["an IPv4 address", v4, "203.0.113.9"],
    ["an IPv6 address", v6, "2001:db8::7"],
    ["no address, for the proxy itself", local, "127.0.0.1"],
    ["no header", Buffer.alloc(0), "127.0.0.1"],
  ])("who asks is told by a trusted proxy: %s", async (_name, header, peer) => {
    await using server = await startListener(await load(), options);
    for (const split of [0, 5, header.length]) {
      const socket = connect(server.port, "127.0.0.1").setNoDelay();
      const bytes = Buffer.concat([header, request]);
      await once(socket, "connect");
      if (split > 0) await new Promise((resolve) => socket.write(bytes.subarray(0, split), resolve));
      await new Promise<void>((resolve) => setImmediate(resolve));
      socket.write(bytes.subarray(split));
      const exchange = await server.request();
      expect(exchange.peer).toBe(peer);
      exchange.respond(200, {}, "ok");
      expect(String((await once(socket, "data"))[0])).toContain("200");
      socket.destroy();
    }
  });

  test("what the proxy says of who asks is not changed by a header further on", async () => {
    await using server = await startListener(await load(), options);
    const socket = connect(server.port, "127.0.0.1").on("error", () => {});
    socket.write(Buffer.concat([v4, request]));
    const exchange = await server.request();
    exchange.respond(200, {}, "ok");
    await once(socket, "data");
    const closed = once(socket.resume(), "close");
    socket.write(Buffer.concat([v6, request]));
    await closed;
    expect([exchange.peer, server.untaken]).toEqual(["203.0.113.9", []]);
  });

  test.each([
    ["one who is not trusted", { trustedProxies: ["10.0.0.1"] }, v4],
    ["anyone, where the setting is off", { proxyProtocol: false }, v4],
    [
      "a trusted proxy, of another version",
      {},
      Buffer.concat([v4.subarray(0, 12), Buffer.from([0x31]), v4.subarray(13)]),
    ],
    ["a trusted proxy, too short for its address", {}, proxyHeader(1, [1, 2, 3, 4])],
  ])("a header of %s is refused", async (_name, other, header) => {
    await using server = await startListener(await load(), { ...options, ...other });
    const socket = connect(server.port, "127.0.0.1").on("error", () => {});
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.resume().end(Buffer.concat([header, request]));
    await closed;
    expect(server.untaken).toEqual([]);
  });
}
