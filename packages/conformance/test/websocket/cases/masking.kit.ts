import { expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deviates } from "../deviations.kit.ts";
import { failedWith, openEcho } from "../echo.kit.ts";
import { encodeFrame, Opcode } from "../wire-frame.kit.ts";

const masks = ["00000000", "ffffffff", "00ff00ff", "12345678", "80808080"] as const;

export function maskingCases(server: () => Reachable, listener: ListenerName): void {
  test.each(masks)("a frame with the mask %s is read", async (hex) => {
    await using echo = await openEcho(server(), "json");
    const mask = Buffer.from(hex, "hex");
    for (const payload of ["", "x", "xy", "xyz", "x".repeat(70_000)]) {
      await echo.sendFrame(Opcode.text, echo.message(payload), { mask });
      await echo.expectEcho(payload);
    }
    await echo.expectCleanClose();
  });

  test.each(Object.entries(Opcode))("a frame without the mask bit fails the connection: %s", async (_name, opcode) => {
    await using echo = await openEcho(server(), "json");
    const begun = encodeFrame(Opcode.text, "", { fin: false });
    if (opcode === Opcode.continuation) await echo.write(begun);
    const frame = encodeFrame(opcode, opcode < 8 ? echo.message("Hello, world!") : "");
    // The mask itself is there: so it can be told apart whether the bit is looked at.
    frame[1]! &= 0x7f;
    await echo.write(frame);
    if (!deviates(listener, "mask-bit-not-looked-at")) {
      expect(await echo.ended).toEqual(failedWith(listener, 1002));
      expect(echo.unread).toBe(0);
    } else if (opcode === Opcode.ping) await echo.expectPong("");
    else if (opcode === Opcode.pong) await echo.expectCleanClose();
    else if (opcode === Opcode.close) expect(await echo.ended).toEqual({ code: null, reason: "" });
    else if (opcode === Opcode.binary) {
      expect((await echo.nextMessage()).frame).toMatchObject({ op: 8, d: { code: "frame/wrong-kind" } });
    } else await echo.expectEcho("Hello, world!");
  });

  test("who sends frames without a mask harms nobody else", async () => {
    await using bare = await openEcho(server(), "json");
    for (const payload of ["", "x", "hello", '{"op":5}']) await bare.sendFrame(Opcode.text, payload, { mask: null });
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.text, echo.message("alive"));
    await echo.expectEcho("alive");
    await echo.expectCleanClose();
  });
}
