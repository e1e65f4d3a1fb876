import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { type EchoClient, failedWith, openEcho } from "../echo.kit.ts";
import { utf8Sequences } from "../utf8-sequences.kit.ts";
import { encodeFragments, encodeFrame, Opcode, pieces } from "../wire-frame.kit.ts";

const valid = utf8Sequences.filter(({ isValid }) => isValid);
const invalid = utf8Sequences.filter(({ isValid }) => !isValid);

/** How a message is put into frames. */
const cuts = {
  "in one frame": (message: Buffer) => [encodeFrame(Opcode.text, message)],
  "in fragments of one byte": (message: Buffer) => encodeFragments(Opcode.text, pieces(message, 1)),
} as const;
const cutNames = Object.keys(cuts) as (keyof typeof cuts)[];

/** A SEND of text that has exactly these bytes, well-formed or not, between its quotes. */
function messageWith(echo: EchoClient, bytes: Uint8Array): Buffer {
  const message = echo.message("@@@@");
  const at = message.indexOf("@@@@");
  return Buffer.concat([message.subarray(0, at), bytes, message.subarray(at + 4)]);
}

export function utf8Cases(server: () => Reachable, listener: ListenerName): void {
  describe.each(cutNames)("%s", (cut) => {
    test.each(valid)("$id $title: $hex arrives as it was sent", async ({ hex }) => {
      await using echo = await openEcho(server(), "json");
      const bytes = Buffer.from(hex, "hex");
      await echo.write(Buffer.concat(cuts[cut](messageWith(echo, bytes))));
      // A control character may stand in a text frame and not in JSON.
      if (bytes[0]! < 0x20) {
        expect((await echo.nextMessage()).frame).toMatchObject({ op: 8, d: { code: "frame/malformed" } });
      } else {
        await echo.expectEcho(bytes.toString("utf8"));
        await echo.expectCleanClose();
      }
    });

    test.each(invalid)("$id $title: $hex fails the connection", async ({ hex }) => {
      await using echo = await openEcho(server(), "json");
      await echo.write(Buffer.concat(cuts[cut](messageWith(echo, Buffer.from(hex, "hex")))));
      expect(await echo.ended).toEqual(failedWith(listener, 1007));
      expect(echo.unread).toBe(0);
    });
  });

  test("6.1 text without a payload, whole or in three empty fragments, is text", async () => {
    for (const frames of [[encodeFrame(Opcode.text, "")], encodeFragments(Opcode.text, ["", "", ""])]) {
      await using echo = await openEcho(server(), "json");
      await echo.write(Buffer.concat(frames));
      expect((await echo.nextMessage()).frame).toMatchObject({ op: 8, d: { code: "frame/malformed" } });
    }
  });

  test("6.2 text whose characters are cut by fragments arrives whole", async () => {
    const text = "Hello-µ@ßöäüàá-UTF-8!!";
    for (const size of [1, 2, 3, 5, 7]) {
      await using echo = await openEcho(server(), "json");
      await echo.write(Buffer.concat(encodeFragments(Opcode.text, pieces(messageWith(echo, Buffer.from(text)), size))));
      await echo.expectEcho(text);
      await echo.expectCleanClose();
    }
  });

  test("in a binary message bytes that are no UTF-8 are bytes", async () => {
    await using echo = await openEcho(server(), "msgpack");
    for (const { hex } of invalid) {
      const payload = new Uint8Array(Buffer.from(hex, "hex"));
      await echo.sendFrame(Opcode.binary, echo.message(payload));
      await echo.expectEcho(payload);
    }
    await echo.expectCleanClose();
  });
}

const head = Buffer.from("cebae1bdb9cf83cebcceb5", "hex");
const bad = Buffer.from("f4908080", "hex");
const tail = Buffer.from("656469746564", "hex");

/** Where a message with a bad sequence in its middle is cut in three: behind what is valid, and behind what makes it invalid. */
const cutsInThree = [
  ["6.4.1", "frames", head.length, head.length + 4],
  ["6.4.2", "frames", head.length + 1, head.length + 2],
  ["6.4.3", "pieces of a frame", head.length, head.length + 4],
  ["6.4.4", "pieces of a frame", head.length + 1, head.length + 2],
] as const;

/** Autobahn calls it strict to fail at the second part; at the third it must have failed at the latest. No listener is strict. */
export function spoiltUtf8Cases(server: () => Reachable, listener: ListenerName): void {
  test.each(cutsInThree)("%s in %s %s and %s: nothing is delivered, and the end fails it", async (_case, cut, a, b) => {
    await using echo = await openEcho(server(), "json");
    const message = messageWith(echo, Buffer.concat([head, bad, tail]));
    const at = message.indexOf(head);
    const parts = [message.subarray(0, at + a), message.subarray(at + a, at + b), message.subarray(at + b)];
    const frame = encodeFrame(Opcode.text, message);
    const headBytes = frame.length - message.length;
    const writes =
      cut === "frames"
        ? encodeFragments(Opcode.text, parts)
        : [
            frame.subarray(0, headBytes + at + a),
            frame.subarray(headBytes + at + a, headBytes + at + b),
            frame.subarray(headBytes + at + b),
          ];
    await echo.write(writes[0]!);
    await echo.write(writes[1]!);
    if (cut === "frames") {
      await echo.sendFrame(Opcode.ping, "still there?");
      await echo.expectPong("still there?");
    }
    await echo.write(writes[2]!);
    expect(await echo.ended).toEqual(failedWith(listener, 1007));
    expect(echo.unread).toBe(0);
  });
}
