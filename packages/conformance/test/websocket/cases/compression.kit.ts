import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { echoEncodings, failedWith, openEcho } from "../echo.kit.ts";
import { encodeFrame, Opcode } from "../wire-frame.kit.ts";

/** What Autobahn's clients of groups 12 and 13 offer, and forms that servers have stumbled over. */
const offers = [
  ["12", "permessage-deflate"],
  ["13.1", "permessage-deflate; client_max_window_bits"],
  ["13.2", "permessage-deflate; client_no_context_takeover; client_max_window_bits"],
  ["13.3", "permessage-deflate; server_max_window_bits=9; client_max_window_bits"],
  ["13.4", "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15"],
  ["13.5", "permessage-deflate; server_no_context_takeover; server_max_window_bits=9"],
  ["13.6", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15"],
  [
    "13.7",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, permessage-deflate; server_no_context_takeover, permessage-deflate",
  ],
  ["x", "permessage-deflate; server_max_window_bits=99; bogus"],
  ["x", "x-webkit-deflate-frame, permessage-bzip2, deflate-stream"],
  ["x", ";;, ="],
] as const;

export function compressionCases(server: () => Reachable, listener: ListenerName): void {
  describe.each(offers)("%s offered as %s", (_case, offer) => {
    const opening = { headers: { "Sec-WebSocket-Extensions": offer } };

    test.each(echoEncodings)("is declined, and messages in %s go uncompressed", async (encoding) => {
      await using echo = await openEcho(server(), encoding, {
        ...opening,
        path: `/gateway/websocket?encoding=${encoding}`,
      });
      expect(echo.answer.headers.has("sec-websocket-extensions")).toBe(false);
      for (const payload of ["", "x".repeat(16), "x".repeat(4096), "x".repeat(131_072)]) {
        await echo.sendFrame(echo.opcode, echo.message(payload));
        // The frame reader refuses RSV1, and a payload like this would shrink.
        expect(await echo.expectEcho(payload)).toBeGreaterThan(payload.length);
      }
      await echo.expectCleanClose();
    });

    test("a compressed message fails the connection all the same", async () => {
      await using echo = await openEcho(server(), "json", opening);
      const compressed = deflateRawSync(echo.message("Hello, world!"));
      await echo.write(Buffer.concat([encodeFrame(Opcode.text, compressed, { rsv: 4 }), encodeFrame(Opcode.ping, "")]));
      expect(await echo.ended).toEqual(failedWith(listener, 1002));
      expect(echo.unread).toBe(0);
    });
  });
}
