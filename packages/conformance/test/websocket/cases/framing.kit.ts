import { describe, expect, test } from "vitest";
import type { Reachable } from "../../../src/start-server.ts";
import { deliver, filler, openEcho, sized } from "../echo.kit.ts";
import { encodeFrame, Opcode, pieces } from "../wire-frame.kit.ts";

/** Where the length of a frame begins to take more bytes, and Autobahn's number of the case. */
const sizes = [
  [2, 125],
  [3, 126],
  [4, 127],
  [5, 128],
  [6, 65_535],
  [7, 65_536],
] as const;

export function framingCases(server: () => Reachable): void {
  describe.each([
    ["1.1", "json"],
    ["1.2", "msgpack"],
  ] as const)("%s messages in %s", (group, encoding) => {
    test(`${group}.1 one without a payload is a message: it is answered, and is no frame of singyeong`, async () => {
      await using echo = await openEcho(server(), encoding);
      await echo.sendFrame(echo.opcode, "");
      expect((await echo.nextMessage()).frame).toMatchObject({ op: 8, d: { code: "frame/malformed" } });
      expect(await echo.closing).toMatchObject({ code: 1000 });
    });

    test.each(sizes)(`${group}.%s one of %s bytes`, async (_case, bytes) => {
      await using echo = await openEcho(server(), encoding);
      const { payload, message } = sized(echo, bytes);
      await echo.sendFrame(echo.opcode, message);
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test(`${group}.8 one of 65536 bytes, in pieces of 997`, async () => {
      await using echo = await openEcho(server(), encoding);
      const { payload, message } = sized(echo, 65_536);
      await deliver(echo, pieces(encodeFrame(echo.opcode, message), 997));
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test.each(sizes)(`${group}.%s the server's own, of %s bytes`, async (_case, bytes) => {
      await using echo = await openEcho(server(), encoding);
      let length = bytes - 100;
      let answered = 0;
      // The first answers tell how much the server puts around a payload of about that length.
      for (let round = 0; round < 4 && answered !== bytes; round++) {
        await echo.sendFrame(echo.opcode, echo.message(filler(length)));
        answered = await echo.expectEcho(filler(length));
        length += bytes - answered;
      }
      expect(answered).toBe(bytes);
      await echo.expectCleanClose();
    });
  });

  test("a length that is announced and never comes keeps the connection waiting, and nobody else", async () => {
    await using waiting = await openEcho(server(), "json");
    await waiting.sendFrame(Opcode.text, '{"op":', { announced: 1000n, lengthBits: 16 });
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.text, echo.message("Hello, world!"));
    await echo.expectEcho("Hello, world!");
    expect(waiting.unread).toBe(0);
    waiting.end();
    expect(await waiting.ended).toBe("cut");
  });
}
