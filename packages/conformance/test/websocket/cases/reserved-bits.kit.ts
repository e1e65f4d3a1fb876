import { expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deliver, deliveries, type EchoEncoding, failedWith, openEcho } from "../echo.kit.ts";
import { encodeFrame, Opcode } from "../wire-frame.kit.ts";

interface Case {
  readonly id: string;
  readonly rsv: number;
  readonly opcode: number;
  readonly delivery: keyof typeof deliveries;
}

const cases: readonly Case[] = [
  { id: "3.1", rsv: 1, opcode: Opcode.text, delivery: "in one write" },
  { id: "3.2", rsv: 2, opcode: Opcode.text, delivery: "in one write" },
  { id: "3.3", rsv: 3, opcode: Opcode.text, delivery: "frame by frame" },
  { id: "3.4", rsv: 4, opcode: Opcode.text, delivery: "byte by byte" },
  { id: "3.5", rsv: 5, opcode: Opcode.binary, delivery: "in one write" },
  { id: "3.6", rsv: 6, opcode: Opcode.ping, delivery: "in one write" },
  { id: "3.7", rsv: 7, opcode: Opcode.close, delivery: "in one write" },
  ...[Opcode.text, Opcode.binary, Opcode.ping, Opcode.pong, Opcode.close].flatMap((opcode) =>
    [1, 2, 4].map((rsv): Case => ({ id: "3.x", rsv, opcode, delivery: "in one write" })),
  ),
];

export function reservedBitsCases(server: () => Reachable, listener: ListenerName): void {
  test.each(cases)("$id RSV $rsv on opcode $opcode fails the connection, $delivery", async (given) => {
    const encoding: EchoEncoding = given.opcode === Opcode.binary ? "msgpack" : "json";
    await using echo = await openEcho(server(), encoding);
    await echo.sendFrame(echo.opcode, echo.message("before"));
    await echo.expectEcho("before");
    const payload = given.opcode < 8 ? echo.message("Hello, world!") : "";
    const frames = [encodeFrame(given.opcode, payload, { rsv: given.rsv }), encodeFrame(Opcode.ping, "")];
    await deliver(echo, deliveries[given.delivery](frames));
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect(echo.unread).toBe(0);
  });

  test("3.x a reserved bit on a continuation fails the connection", async () => {
    for (const rsv of [1, 2, 4]) {
      await using echo = await openEcho(server(), "json");
      const message = echo.message("Hello, world!");
      await echo.sendFrame(Opcode.text, message.subarray(0, 10), { fin: false });
      await echo.sendFrame(Opcode.continuation, message.subarray(10), { rsv });
      expect(await echo.ended).toEqual(failedWith(listener, 1002));
      expect(echo.unread).toBe(0);
    }
  });
}
