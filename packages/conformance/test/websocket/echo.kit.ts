import { setImmediate } from "node:timers/promises";
import { expect } from "vitest";
import { codecs } from "../../src/codecs/index.ts";
import { everyoneIn, freshName, identifyFrame } from "../../src/identified.ts";
import type { Frame } from "../../src/raw-client.ts";
import type { ListenerName, Reachable } from "../../src/start-server.ts";
import { deviates } from "./deviations.kit.ts";
import type { Opening } from "./opening.kit.ts";
import { type Ending, openRawSocket, type RawSocket } from "./raw-socket.kit.ts";
import { encodeClose, Opcode, pieces } from "./wire-frame.kit.ts";

/** The encodings that stand for the two kinds of messages: JSON for text, MessagePack for binary. */
export const echoEncodings = ["json", "msgpack"] as const;
export type EchoEncoding = (typeof echoEncodings)[number];

/** A client whose messages to itself stand in for an echo server: it is the only one of its application. */
export interface EchoClient extends RawSocket {
  readonly application: string;
  /** The opcode of this encoding's messages, in both directions. */
  readonly opcode: number;
  /** A SEND of `payload` to itself. */
  message(payload: unknown): Buffer;
  /** The next frame is a message of this encoding; decoded, with the bytes it took. */
  nextMessage(): Promise<{ readonly frame: Frame; readonly bytes: number }>;
  /** The next frame brings `payload` back; resolves with the bytes that its message took. */
  expectEcho(payload: unknown): Promise<number>;
  /** The next frame is a pong with these bytes. */
  expectPong(payload: string | Uint8Array): Promise<void>;
  /** Nothing is left unread, and 1000 is answered with 1000: the connection was whole up to here. */
  expectCleanClose(): Promise<void>;
}

/** Opens a WebSocket and identifies. */
export async function openEcho(server: Reachable, encoding: EchoEncoding, opening: Opening = {}): Promise<EchoClient> {
  const codec = codecs[encoding];
  const application = freshName("echo");
  const socket = await openRawSocket(server, { path: `/gateway/websocket?encoding=${encoding}`, ...opening });
  const opcode = codec.isBinary ? Opcode.binary : Opcode.text;
  const encode = (frame: unknown): Buffer => Buffer.from(codec.encode(frame) as Buffer);

  async function nextMessage(): Promise<{ frame: Frame; bytes: number }> {
    const { opcode: actual, payload } = await socket.next();
    expect(actual).toBe(opcode);
    return { frame: codec.decode(payload) as Frame, bytes: payload.length };
  }

  expect((await nextMessage()).frame.op).toBe(0);
  await socket.sendFrame(opcode, encode(identifyFrame(application, "self")));
  expect((await nextMessage()).frame.op).toBe(2);
  return Object.assign(socket, {
    application,
    opcode,
    nextMessage,
    message: (payload: unknown) => encode({ op: 4, t: "SEND", d: { target: everyoneIn(application), payload } }),
    async expectEcho(payload: unknown) {
      const { frame, bytes } = await nextMessage();
      expect(frame).toMatchObject({ op: 4, t: "SEND" });
      // Compared by itself: a difference in a megabyte would take minutes to print.
      if (!sameValue(frame.d.payload, payload)) throw new Error("the echo is another payload than was sent");
      return bytes;
    },
    async expectPong(payload: string | Uint8Array) {
      expect(await socket.next()).toEqual({ opcode: Opcode.pong, payload: Buffer.from(payload) });
    },
    async expectCleanClose() {
      await socket.write(encodeClose(1000));
      expect(await socket.ended).toEqual({ code: 1000, reason: "" });
      expect(socket.unread).toBe(0);
    },
  });
}

function sameValue(one: unknown, other: unknown): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  return one === other;
}

/** A text payload, and the SEND of it, which has exactly `bytes` bytes. */
export function sized(echo: EchoClient, bytes: number): { readonly payload: string; readonly message: Buffer } {
  let payload = filler(bytes);
  let message = echo.message(payload);
  // Twice, since the length of a MessagePack string takes more bytes the longer it is.
  for (let round = 0; round < 3 && message.length !== bytes; round++) {
    payload = filler(payload.length + bytes - message.length);
    message = echo.message(payload);
  }
  expect(message.length).toBe(bytes);
  return { payload, message };
}

/** Text in which no stretch is mistaken for another. */
export function filler(length: number): string {
  let text = "";
  for (let i = 0; text.length < length; i++) text += `${i.toString(36)} `;
  return text.slice(0, length);
}

/** How bytes are handed to the network; what arrives is the same. */
export const deliveries = {
  "in one write": (frames: readonly Buffer[]) => [Buffer.concat(frames)],
  "frame by frame": (frames: readonly Buffer[]) => frames,
  "byte by byte": (frames: readonly Buffer[]) => pieces(Buffer.concat(frames), 1),
} as const satisfies Readonly<Record<string, (frames: readonly Buffer[]) => readonly Buffer[]>>;
export type Delivery = keyof typeof deliveries;
export const deliveryNames = Object.keys(deliveries) as Delivery[];

/** Writes pieces, each with a turn of the event loop behind it, so that they leave one by one. */
export async function deliver(socket: RawSocket, writes: readonly Buffer[]): Promise<void> {
  for (const write of writes) {
    await socket.write(write);
    if (writes.length > 1) await setImmediate();
  }
}

/** How a listener ends a connection whose client has broken the rules. */
export function failedWith(listener: ListenerName, code: number): Ending {
  return deviates(listener, "cut-without-close") ? "cut" : { code, reason: "" };
}
