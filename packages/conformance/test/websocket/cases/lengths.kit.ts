import { expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deviates } from "../deviations.kit.ts";
import { failedWith, openEcho } from "../echo.kit.ts";
import { encodeFrame, Opcode } from "../wire-frame.kit.ts";

/** Lengths that no frame may have, or that are past every limit: [what, the length as announced]. */
const tooLarge = [
  ["2 MiB and one byte", 2n ** 21n + 1n],
  ["4 GiB", 2n ** 32n],
  ["4 GiB and what there is", 2n ** 32n + 8n],
  ["2^53 bytes", 2n ** 53n],
  ["the highest bit set", 2n ** 63n],
  ["all bits set", 2n ** 64n - 1n],
] as const;

export function lengthsCases(server: () => Reachable, listener: ListenerName): void {
  test.each([16, 64] as const)(
    "a short length in %s bits is read, though it is not the shortest form",
    async (lengthBits) => {
      await using echo = await openEcho(server(), "json");
      await echo.sendFrame(Opcode.text, echo.message("x"), { lengthBits });
      if (!deviates(listener, "length-not-minimal"))
        return expect(await echo.ended).toEqual(failedWith(listener, 1002));
      await echo.expectEcho("x");
      await echo.expectCleanClose();
    },
  );

  test.each(tooLarge)("%s fail the connection as soon as they are announced", async (_title, announced) => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeFrame(Opcode.text, '{"op":5}', { announced, lengthBits: 64 }));
    expect(await echo.ended).toEqual(failedWith(listener, 1009));
    expect(echo.unread).toBe(0);
  });

  test.each([16, 64] as const)("a ping whose length stands in %s bits fails the connection", async (lengthBits) => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.ping, "short", { lengthBits });
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect(echo.unread).toBe(0);
  });
}
