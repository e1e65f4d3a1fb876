import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deviates } from "../deviations.kit.ts";
import { deliver, deliveries, deliveryNames, echoEncodings, failedWith, openEcho } from "../echo.kit.ts";
import { encodeClose, encodeFrame, Opcode } from "../wire-frame.kit.ts";

const bare = { code: null, reason: "" };

/** Codes that a client may send (§7.4.1, §7.4.2, and IANA's 1012 to 1014). */
const validCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
/** Codes that nobody may send. */
const invalidCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

/** What a listener's parser of close frames knows as valid. */
const isKnownToAll = (code: number): boolean => code <= 1011 || code >= 4000;

export function closeCodeCases(server: () => Reachable, listener: ListenerName): void {
  test.each(validCodes)("7.7 %s is answered with a close frame of the same code", async (code) => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose(code));
    const isEchoed = isKnownToAll(code) || !deviates(listener, "close-code-not-echoed");
    expect(await echo.ended).toEqual(isEchoed ? { code, reason: "" } : bare);
    expect(echo.unread).toBe(0);
  });

  test.each(invalidCodes)("7.9, 7.13 %s fails the connection", async (code) => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose(code));
    expect(await echo.ended).toEqual(deviates(listener, "close-code-not-judged") ? bare : { code: 1002, reason: "" });
    expect(echo.unread).toBe(0);
  });

  test("7.3.1 no code is answered with no code", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose());
    expect(await echo.ended).toEqual(bare);
  });

  test("7.3.2 half a code fails the connection", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.close, "a");
    expect(await echo.ended).toEqual(deviates(listener, "close-code-not-judged") ? bare : { code: 1002, reason: "" });
  });

  test.each([
    ["7.3.3", "no reason", ""],
    ["7.3.4", "a reason", "Hello World!"],
    ["7.3.5", "a reason of 123 bytes", "*".repeat(123)],
    ["7.3.x", "a reason that is not ASCII", "κόσμε ✓"],
  ])("%s a code with %s is answered with both", async (_case, _title, reason) => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose(1000, reason));
    expect(await echo.ended).toEqual({ code: 1000, reason });
  });

  test("7.3.6 a reason of 124 bytes is one too long for a control frame", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose(1000, "*".repeat(124)));
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
  });

  test("7.5.1 a reason that is no UTF-8 fails the connection", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose(1000, Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex")));
    expect(await echo.ended).toEqual(deviates(listener, "close-code-not-judged") ? bare : { code: 1007, reason: "" });
  });
}

/** What follows a close frame, by Autobahn's number. */
const latecomers = [
  ["7.1.2", "a second close frame", encodeClose()],
  ["7.1.3", "a ping", encodeFrame(Opcode.ping, "")],
  ["7.1.4", "a text message", encodeFrame(Opcode.text, '{"op":5}')],
  ["7.1.x", "a frame that breaks every rule", Buffer.alloc(64, 0xff)],
] as const;

export function closingCases(server: () => Reachable, listener: ListenerName): void {
  describe.each(deliveryNames)("%s", (delivery) => {
    test.each(latecomers)("%s %s behind the close frame is ignored", async (_case, _title, late) => {
      await using echo = await openEcho(server(), "json");
      await deliver(echo, deliveries[delivery]([encodeClose(1000), late]));
      expect(await echo.ended).toEqual({ code: 1000, reason: "" });
      expect(echo.unread).toBe(0);
    });

    test("7.1.5 a close frame between fragments ends the connection, and the message is none", async () => {
      await using echo = await openEcho(server(), "json");
      const message = echo.message("Hello, world!");
      const first = encodeFrame(Opcode.text, message.subarray(0, 20), { fin: false });
      const last = encodeFrame(Opcode.continuation, message.subarray(20));
      await deliver(echo, deliveries[delivery]([first, encodeClose(1000), last]));
      expect(await echo.ended).toEqual({ code: 1000, reason: "" });
      expect(echo.unread).toBe(0);
    });
  });

  test.each(echoEncodings)("7.1.1 a message in %s and its answer, then the end", async (encoding) => {
    await using echo = await openEcho(server(), encoding);
    await echo.sendFrame(echo.opcode, echo.message("Hello World!"));
    await echo.expectEcho("Hello World!");
    await echo.expectCleanClose();
  });

  test("7.1.6 a message with a close frame right behind is handled, and answered where the listener still can", async () => {
    await using echo = await openEcho(server(), "json");
    const message = encodeFrame(Opcode.text, echo.message("Hello World!"));
    await echo.write(Buffer.concat([message, encodeClose(1000), encodeFrame(Opcode.ping, "")]));
    expect(await echo.ended).toEqual({ code: 1000, reason: "" });
    if (!deviates(listener, "answers-lost-at-close")) await echo.expectEcho("Hello World!");
    expect(echo.unread).toBe(0);
  });

  test.each(echoEncodings)(
    "7.1.6 what was sent to others before the close frame, 256 KiB of it in %s, reaches them",
    async (encoding) => {
      await using receiver = await openEcho(server(), encoding);
      await using sender = await openEcho(server(), encoding);
      const payload = "BAsd7&jh23".repeat(26_214);
      const frames = [
        encodeFrame(sender.opcode, receiver.message(payload)),
        encodeClose(1000),
        encodeFrame(Opcode.ping, ""),
      ];
      await sender.write(Buffer.concat(frames));
      expect(await sender.ended).toEqual({ code: 1000, reason: "" });
      expect(sender.unread).toBe(0);
      await receiver.expectEcho(payload);
      await receiver.expectCleanClose();
    },
  );

  test("the server ends the TCP connection, the client need not", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.write(encodeClose(1001, "going away"));
    expect(await echo.ended).toEqual({ code: 1001, reason: "going away" });
  });

  test("a TCP connection that ends without a close frame is ended", async () => {
    await using echo = await openEcho(server(), "json");
    echo.end();
    expect(await echo.ended).toBe("cut");
  });

  test("behind its own close frame the server waits for the client's", async () => {
    await using echo = await openEcho(server(), "json");
    await echo.sendFrame(Opcode.text, "no JSON");
    expect((await echo.nextMessage()).frame).toMatchObject({ op: 8, d: { code: "frame/malformed" } });
    expect(await echo.closing).toEqual({ code: 1000, reason: "" });
    if (!deviates(listener, "close-not-awaited")) {
      // A whole exchange elsewhere: the end of a connection would have come by then.
      await using other = await openEcho(server(), "json");
      await other.expectCleanClose();
      expect(echo.hasEnded).toBe(false);
      await echo.write(encodeClose(1000));
    }
    expect(await echo.ended).toEqual({ code: 1000, reason: "" });
    expect(echo.unread).toBe(0);
  });
}
