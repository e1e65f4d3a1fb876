import { expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deliver, deliveries, failedWith, openEcho } from "../echo.kit.ts";
import { encodeFrame, Opcode } from "../wire-frame.kit.ts";

/** Autobahn's number, the reserved opcode, its payload, and how the frames are handed over. */
const cases = [
  ["4.1.1", 3, "", "in one write"],
  ["4.1.2", 4, "reserved opcode payload", "in one write"],
  ["4.1.3", 5, "", "in one write"],
  ["4.1.4", 6, "Hello, world!", "in one write"],
  ["4.1.5", 7, "Hello, world!", "byte by byte"],
  ["4.2.1", 11, "", "in one write"],
  ["4.2.2", 12, "reserved opcode payload", "in one write"],
  ["4.2.3", 13, "", "frame by frame"],
  ["4.2.4", 14, "Hello, world!", "frame by frame"],
  ["4.2.5", 15, "Hello, world!", "byte by byte"],
] as const;

export function opcodesCases(server: () => Reachable, listener: ListenerName): void {
  test.each(cases)("%s opcode %s is reserved and fails the connection", async (_case, opcode, payload, delivery) => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.text, echo.message("Hello, world!"));
    await echo.expectEcho("Hello, world!");
    await deliver(echo, deliveries[delivery]([encodeFrame(opcode, payload), encodeFrame(Opcode.ping, "")]));
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect(echo.unread).toBe(0);
  });

  test.each(cases)("%s opcode %s inside of a message fails the connection too", async (_case, opcode, payload) => {
    await using echo = await openEcho(server(), "json");
    const message = echo.message("Hello, world!");
    const frames = [
      encodeFrame(Opcode.text, message.subarray(0, 20), { fin: false }),
      encodeFrame(opcode, payload),
      encodeFrame(Opcode.continuation, message.subarray(20)),
    ];
    await deliver(echo, deliveries["in one write"](frames));
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect(echo.unread).toBe(0);
  });
}
