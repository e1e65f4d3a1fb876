import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { deviates } from "../deviations.kit.ts";
import {
  deliver,
  deliveries,
  deliveryNames,
  type EchoClient,
  echoEncodings,
  failedWith,
  openEcho,
} from "../echo.kit.ts";
import { encodeFragments, encodeFrame, Opcode } from "../wire-frame.kit.ts";

const payload = "fragment1fragment2fragment3fragment4fragment5";

/** A message in so many parts of about the same length. */
function parts(message: Buffer, count: number): Buffer[] {
  const size = Math.ceil(message.length / count);
  return Array.from({ length: count }, (_, i) => message.subarray(i * size, (i + 1) * size));
}

const ping = (text: string): Buffer => encodeFrame(Opcode.ping, text);

export function fragmentationCases(server: () => Reachable): void {
  describe.each(echoEncodings)("in %s", (encoding) => {
    describe.each(deliveryNames)("%s", (delivery) => {
      test("5.3, 5.4, 5.5 a message in two fragments", async () => {
        await using echo = await openEcho(server(), encoding);
        const frames = encodeFragments(echo.opcode, parts(echo.message(payload), 2));
        await deliver(echo, deliveries[delivery](frames));
        await echo.expectEcho(payload);
        await echo.expectCleanClose();
      });

      test("5.6, 5.7, 5.8 a ping between two fragments is answered before the message", async () => {
        await using echo = await openEcho(server(), encoding);
        const [first, last] = encodeFragments(echo.opcode, parts(echo.message(payload), 2));
        await deliver(echo, deliveries[delivery]([first!, ping("ping payload"), last!]));
        await echo.expectPong("ping payload");
        await echo.expectEcho(payload);
        await echo.expectCleanClose();
      });

      test("5.19, 5.20 five fragments and two pings, the first answered while the rest is outstanding", async () => {
        await using echo = await openEcho(server(), encoding);
        const [a, b, c, d, e] = encodeFragments(echo.opcode, parts(echo.message(payload), 5));
        await deliver(echo, deliveries[delivery]([a!, b!, ping("pongme 1!")]));
        await echo.expectPong("pongme 1!");
        await deliver(echo, deliveries[delivery]([c!, d!, ping("pongme 2!"), e!]));
        await echo.expectPong("pongme 2!");
        await echo.expectEcho(payload);
        await echo.expectCleanClose();
      });
    });

    test("fragments may be empty, at the start, between and at the end", async () => {
      await using echo = await openEcho(server(), encoding);
      const [one, other] = parts(echo.message(payload), 2);
      const none = Buffer.alloc(0);
      await deliver(echo, encodeFragments(echo.opcode, [none, one!, none, none, other!, none]));
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test("a message in fragments of one byte", async () => {
      await using echo = await openEcho(server(), encoding);
      const message = echo.message(payload);
      await echo.write(Buffer.concat(encodeFragments(echo.opcode, parts(message, message.length))));
      await echo.expectEcho(payload);
      await echo.expectCleanClose();
    });

    test("10.1.1 a message of 65536 bytes in fragments of 1300", async () => {
      await using echo = await openEcho(server(), encoding);
      const long = "*".repeat(65_536);
      const message = echo.message(long);
      await echo.write(Buffer.concat(encodeFragments(echo.opcode, parts(message, Math.ceil(message.length / 1300)))));
      await echo.expectEcho(long);
      await echo.expectCleanClose();
    });
  });
}

/** Frames that break §5.4, by Autobahn's number. */
const violations: readonly (readonly [string, string, (message: Buffer) => Buffer[]])[] = [
  ["5.1", "a ping in two fragments", () => fragmented(Opcode.ping)],
  ["5.2", "a pong in two fragments", () => fragmented(Opcode.pong)],
  ["5.x", "a close frame in two fragments", () => fragmented(Opcode.close)],
  ["5.9-11", "a last continuation of nothing", (message) => [stray(true), text(message)]],
  ["5.12-14", "a continuation of nothing", (message) => [stray(false), text(message)]],
  ["5.16", "continuations of nothing before fragments", (message) => twice([stray(false), ...inTwo(message)])],
  ["5.17", "last continuations of nothing before fragments", (message) => twice([stray(true), ...inTwo(message)])],
  [
    "5.18",
    "two fragments that are both text",
    (message) => [text(message.subarray(0, 9), false), text(message.subarray(9))],
  ],
];

function fragmented(opcode: number): Buffer[] {
  return [encodeFrame(opcode, "fragment1", { fin: false }), encodeFrame(Opcode.continuation, "fragment2")];
}

function stray(fin: boolean): Buffer {
  return encodeFrame(Opcode.continuation, "non-continuation payload", { fin });
}

function text(payload: Uint8Array, fin = true): Buffer {
  return encodeFrame(Opcode.text, payload, { fin });
}

const inTwo = (message: Buffer): Buffer[] => encodeFragments(Opcode.text, parts(message, 2));
const twice = (frames: readonly Buffer[]): Buffer[] => [...frames, ...frames];

export function brokenFragmentationCases(server: () => Reachable, listener: ListenerName): void {
  describe.each(deliveryNames)("%s", (delivery) => {
    test.each(violations)("%s %s fails the connection", async (_case, _title, frames) => {
      await using echo = await openEcho(server(), "json");
      await deliver(echo, deliveries[delivery](frames(echo.message("Hello, world!"))));
      expect(await echo.ended).toEqual(failedWith(listener, 1002));
      expect(echo.unread).toBe(0);
    });

    test("5.15 a whole message in fragments, then a continuation of nothing", async () => {
      await using echo = await openEcho(server(), "json");
      const message = echo.message("Hello, world!");
      await deliver(echo, deliveries[delivery](inTwo(message)));
      await echo.expectEcho("Hello, world!");
      await deliver(echo, deliveries[delivery]([stray(false), text(message)]));
      expect(await echo.ended).toEqual(failedWith(listener, 1002));
      expect(echo.unread).toBe(0);
    });
  });
}

export function interleavingCases(server: () => Reachable, listener: ListenerName): void {
  const isLenient = deviates(listener, "message-inside-message");

  async function interleave(echo: EchoClient, first: number, second: number, message: Buffer): Promise<void> {
    const at = Math.floor(message.length / 2);
    await echo.sendFrame(first, message.subarray(0, at), { fin: false });
    await echo.sendFrame(Opcode.ping, "between");
    await echo.expectPong("between");
    await echo.sendFrame(second, message.subarray(at));
  }

  test("5.18 a second text behind a ping is refused, or taken as a continuation", async () => {
    await using echo = await openEcho(server(), "json");
    await interleave(echo, Opcode.text, Opcode.text, echo.message(payload));
    if (isLenient) await echo.expectEcho(payload);
    else expect(await echo.ended).toEqual(failedWith(listener, 1002));
  });

  test("5.18 a binary frame inside of a text is refused, or makes it a binary message", async () => {
    await using echo = await openEcho(server(), "json");
    await interleave(echo, Opcode.text, Opcode.binary, echo.message(payload));
    if (!isLenient) return expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect((await echo.nextMessage()).frame).toMatchObject({ op: 8, d: { code: "frame/wrong-kind" } });
  });

  test("5.18 a text inside of a binary message is held to UTF-8 as a whole", async () => {
    await using echo = await openEcho(server(), "json");
    const message = echo.message("@");
    message[message.indexOf("@")] = 0xff;
    await interleave(echo, Opcode.binary, Opcode.text, message);
    expect(await echo.ended).toEqual(failedWith(listener, 1002));
    expect(echo.unread).toBe(0);
  });
}
