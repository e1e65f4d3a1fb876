import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deviates } from "../deviations.kit.ts";
import { deliver, type EchoClient, echoEncodings, failedWith, filler, openEcho, sized } from "../echo.kit.ts";
import { encodeFragments, encodeFrame, Opcode, pieces } from "../wire-frame.kit.ts";

const KiB = 1024;
const maxFrameBytes = 1024 * KiB;

/** Autobahn goes up to 16 MiB; here a message ends at 1 MiB. */
const sizes = [64 * KiB, 256 * KiB, maxFrameBytes];
const fragmentSizes = [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, maxFrameBytes];
const pieceSizes = [64, 128, 256, 512, KiB, 2 * KiB];
const payloadSizes = [0, 16, 64, 256, KiB, 4 * KiB];

export function sizeCases(server: () => Reachable, listener: ListenerName): void {
  describe.each([
    { encoding: "json", whole: "9.1", fragmented: "9.3", chopped: "9.5", many: "9.7" },
    { encoding: "msgpack", whole: "9.2", fragmented: "9.4", chopped: "9.6", many: "9.8" },
  ] as const)("in $encoding", ({ encoding, whole, fragmented, chopped, many }) => {
    test.each(sizes)(`${whole} a message of %s bytes`, async (bytes) => {
      await using echo = await openEcho(server(), encoding);
      const { payload, message } = sized(echo, bytes);
      await echo.sendFrame(echo.opcode, message);
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test.each(fragmentSizes)(`${fragmented} a message of 1 MiB in fragments of %s bytes`, async (size) => {
      await using echo = await openEcho(server(), encoding);
      const { payload, message } = sized(echo, maxFrameBytes);
      await echo.write(Buffer.concat(encodeFragments(echo.opcode, pieces(message, size))));
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test.each(pieceSizes)(`${chopped} a message of 256 KiB in pieces of %s bytes`, async (size) => {
      await using echo = await openEcho(server(), encoding);
      const { payload, message } = sized(echo, 256 * KiB);
      await deliver(echo, pieces(encodeFrame(echo.opcode, message), size));
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test.each(payloadSizes)(`${many} a thousand messages with a payload of %s bytes, in order`, async (size) => {
      await using echo = await openEcho(server(), encoding);
      const body = filler(size);
      const payloads = Array.from({ length: 1000 }, (_, i) => `${i}:${body}`);
      const frames = payloads.map((payload) => encodeFrame(echo.opcode, echo.message(payload)));
      await echo.write(Buffer.concat(frames));
      for (const payload of payloads) await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });
  });

  /** 16,385 fragments, which is one more than `ws` keeps. */
  test("9.3 a message in more than 16,384 fragments is read, or refused for their number", async () => {
    await using echo = await openEcho(server(), "json");
    const payload = filler(16_385);
    const parts = pieces(echo.message(payload), 1);
    const fragments = [Buffer.concat(parts.slice(0, -16_384)), ...parts.slice(-16_384)];
    await echo.write(Buffer.concat(encodeFragments(Opcode.text, fragments)));
    if (deviates(listener, "fragments-bounded")) {
      expect(await echo.ended).toEqual({ code: 1008, reason: "" });
      expect(echo.unread).toBe(0);
    } else await echo.expectEcho(payload);
  });
}

/** Ways to send a message of too many bytes: `code` of the gateway itself, or how a listener refuses what it does not even gather. */
const oversize = [
  {
    title: "a frame of 1 MiB and one byte",
    bytes: maxFrameBytes + 1,
    fragment: Number.POSITIVE_INFINITY,
    isGathered: true,
  },
  { title: "a frame of 2 MiB", bytes: 2 * maxFrameBytes, fragment: Number.POSITIVE_INFINITY, isGathered: true },
  {
    title: "fragments of 64 KiB that make 1 MiB and one byte",
    bytes: maxFrameBytes + 1,
    fragment: 64 * KiB,
    isGathered: true,
  },
  {
    title: "a frame of 2 MiB and one byte",
    bytes: 2 * maxFrameBytes + 1,
    fragment: Number.POSITIVE_INFINITY,
    isGathered: false,
  },
  {
    title: "fragments of 64 KiB that make 2 MiB and one byte",
    bytes: 2 * maxFrameBytes + 1,
    fragment: 64 * KiB,
    isGathered: false,
  },
] as const;

/** Writes until the server has had enough of it: the end of a connection may come before the last byte has left. */
async function flood(echo: EchoClient, bytes: Buffer): Promise<void> {
  await Promise.race([echo.write(bytes), echo.ended]);
}

export function oversizeCases(server: () => Reachable, listener: ListenerName): void {
  describe.each(echoEncodings)("in %s", (encoding) => {
    test.each(oversize)("9.x $title close the connection", async ({ bytes, fragment, isGathered }) => {
      await using echo = await openEcho(server(), encoding);
      const { message } = sized(echo, bytes);
      const parts = fragment < bytes ? pieces(message, fragment) : [message];
      await flood(echo, Buffer.concat(encodeFragments(echo.opcode, parts)));
      const closing = await echo.closing;
      if (isGathered) expect(closing).toMatchObject({ code: 1009 });
      else expect(closing).toEqual(failedWith(listener, 1009));
      expect(echo.unread).toBe(0);
    });
  });
}
