import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deviates } from "../deviations.kit.ts";
import { deliver, deliveries, deliveryNames, failedWith, openEcho } from "../echo.kit.ts";
import { openRawSocket } from "../raw-socket.kit.ts";
import { encodeFrame, Opcode } from "../wire-frame.kit.ts";

const notText = Buffer.from("00fffefdfcfb00ff", "hex");
const longest = Buffer.alloc(125, 0xfe);

const payloads = [
  ["2.1", "no payload", Buffer.alloc(0)],
  ["2.2", "text", Buffer.from("Hello, world!")],
  ["2.3", "bytes that are no text", notText],
  ["2.4", "125 bytes", longest],
] as const;

const tenPings = Array.from({ length: 10 }, (_, i) => `payload-${i}`);

export function pingsCases(server: () => Reachable, listener: ListenerName): void {
  test.each(payloads)("%s a ping with %s is answered with the same", async (_case, _title, payload) => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.ping, payload);
    await echo.expectPong(payload);
    await echo.expectCleanClose();
  });

  test("2.5 a ping with 126 bytes fails the connection", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.ping, Buffer.alloc(126, 0xfe));
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect(echo.unread).toBe(0);
  });

  test("2.6 a ping with 125 bytes, byte by byte", async () => {
    await using echo = await openEcho(server(), "json");
    await deliver(echo, deliveries["byte by byte"]([encodeFrame(Opcode.ping, longest)]));
    await echo.expectPong(longest);
    await echo.expectCleanClose();
  });

  test.each([
    ["2.7", "no payload", ""],
    ["2.8", "a payload", "unsolicited pong payload"],
  ])("%s a pong with %s that nobody asked for is not answered", async (_case, _title, payload) => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.pong, payload);
    await echo.expectCleanClose();
  });

  test("2.9 a pong that nobody asked for, then a ping: the ping alone is answered", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.pong, "unsolicited pong payload");
    await echo.sendFrame(Opcode.ping, "ping payload");
    await echo.expectPong("ping payload");
    await echo.expectCleanClose();
  });

  describe.each(deliveryNames)("%s", (delivery) => {
    test(`2.${delivery === "byte by byte" ? 11 : 10} ten pings are answered in order`, async () => {
      await using echo = await openEcho(server(), "json");
      const frames = tenPings.map((payload) => encodeFrame(Opcode.ping, payload));
      await deliver(echo, deliveries[delivery](frames));
      for (const payload of tenPings) await echo.expectPong(payload);
      await echo.expectCleanClose();
    });
  });

  test("pings are answered before identify, and on connections with binary messages", async () => {
    await using stranger = await openRawSocket(server(), { path: "/gateway/websocket?encoding=msgpack" });
    expect(await stranger.next()).toMatchObject({ opcode: Opcode.binary });
    await stranger.sendFrame(Opcode.ping, notText);
    expect(await stranger.next()).toEqual({ opcode: Opcode.pong, payload: notText });
  });

  test("a hundred pings at once are answered, or end the connection of who sent them", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.write(Buffer.concat(Array.from({ length: 100 }, (_, i) => encodeFrame(Opcode.ping, `${i}`))));
    if (deviates(listener, "pings-bounded")) return expect(await echo.ended).toBe("cut");
    for (let i = 0; i < 100; i++) await echo.expectPong(`${i}`);
    await echo.expectCleanClose();
  });
}
