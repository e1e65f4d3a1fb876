import { isDeepStrictEqual } from "node:util";
import { WebSocket } from "ws";
import { codecs, type Encoding, type WireCodec } from "./codecs/index.ts";
import { createMailbox } from "./mailbox.ts";
import type { Reachable } from "./start-server.ts";

/** A frame from the server. */
export interface Frame {
  readonly op: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly d: any;
  readonly ts: number;
  readonly t: string | null;
  /** In a session that can be resumed ([RS-1]). */
  readonly seq?: number;
}

/** A frame with what it was decoded from. */
export interface Received {
  readonly frame: Frame;
  readonly bytes: Buffer;
}

/** How a connection ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface ClientOptions {
  readonly encoding?: Encoding;
  /** Another codec for that encoding. */
  readonly codec?: WireCodec;
  /** The path and query, where it is not the usual one for the encoding. */
  readonly path?: string;
  /** The last number of the session's frames that an earlier connection got, where it is resumed. @default 0 */
  readonly seq?: number;
}

/** A client that knows frames and nothing about what they mean. */
export interface RawClient {
  readonly codec: WireCodec;
  readonly socket: WebSocket;
  readonly closed: Promise<Closed>;
  /** Encodes a frame and sends it. */
  send(frame: unknown): void;
  /** Sends text as a text frame, bytes as a binary one. */
  sendRaw(data: string | Uint8Array): void;
  /** The next frame; rejects where the connection ends before one comes. */
  next(): Promise<Frame>;
  nextReceived(): Promise<Received>;
  /** The next frame, or how the connection ended. */
  nextOrClosed(): Promise<Frame | Closed>;
  /**
   * Proves that nothing else is under way to this client: a heartbeat's ack is the next frame. Whatever the server
   * did for this client's earlier frames is done when this resolves.
   */
  settle(): Promise<void>;
  /** The number of the last frame that was received ([RS-1]): that of `options.seq` until one has come. */
  readonly seq: number;
  /** How many of this session's dispatches the server has said to have got ([RS-5]); its RECEIVED shows here alone. */
  readonly received: number;
  close(code?: number): Promise<Closed>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a WebSocket; frames may arrive as soon as this resolves. Rejects with the status where it is refused. */
export async function openClient(server: Reachable, options: ClientOptions = {}): Promise<RawClient> {
  const codec = options.codec ?? codecs[options.encoding ?? "json"];
  const path = options.path ?? `/gateway/websocket?encoding=${codec.encoding}`;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { perMessageDeflate: false, maxPayload: 0 });
  const inbox = createMailbox<Received>();
  const numbering: Numbering = { isOn: false, seq: options.seq ?? 0, received: 0 };
  const closed = new Promise<Closed>((resolve) => {
    socket.on("close", (code, reason) => {
      const end = { code, reason: reason.toString() };
      inbox.close(() => new Error(`the connection ended before a frame came: ${code} ${end.reason}`));
      resolve(end);
    });
  });
  socket.on("message", (data, isBinary) => {
    try {
      const received = receive(codec, data as Buffer, isBinary);
      if (!count(numbering, received.frame)) inbox.put(received);
    } catch (error) {
      inbox.close(() => error as Error);
    }
  });
  await opening(socket);
  const next = async (): Promise<Frame> => (await inbox.take()).frame;
  const client: RawClient = {
    codec,
    socket,
    closed,
    send: (frame) => socket.send(codec.encode(frame)),
    sendRaw: (data) => socket.send(data),
    next,
    nextReceived: inbox.take,
    get seq() {
      return numbering.seq;
    },
    get received() {
      return numbering.received;
    },
    nextOrClosed: () => next().catch(() => closed),
    async settle() {
      client.send({ op: 5, d: null });
      const frame = await next();
      if (frame.op !== 6) throw new Error(`expected a heartbeat_ack and nothing before it, got ${show(frame)}`);
    },
    close(code) {
      socket.close(code);
      return closed;
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
  return client;
}

function opening(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    // Stays for good: what goes wrong later shows in how the connection ends.
    socket.on("error", reject);
    socket.on("unexpected-response", (_request, response) => {
      reject(new Error(`refused with ${response.statusCode}`));
      socket.terminate();
    });
  });
}

/** What a session has counted on its connection. */
interface Numbering {
  isOn: boolean;
  seq: number;
  received: number;
}

/** Checks that exactly those frames have numbers that should, without a gap ([RS-1]). True for a RECEIVED. */
function count(numbering: Numbering, frame: Frame): boolean {
  const isReceived = numbering.isOn && frame.op === 4 && frame.t === "RECEIVED";
  const expected = numbering.isOn && !isReceived && (frame.op === 3 || frame.op === 4) ? numbering.seq + 1 : undefined;
  if (frame.seq !== expected) throw new Error(`expected the number ${expected} in ${show(frame)}`);
  if (expected !== undefined) numbering.seq = expected;
  if (isReceived) numbering.received = frame.d.seq;
  if (frame.op === 2 && frame.d.session !== undefined) {
    numbering.isOn = true;
    if (frame.d.resumed !== true) numbering.seq = 0;
  }
  return isReceived;
}

/** Every frame of the server, whatever it says: the right kind, all four keys and no other but `seq`, a whole `ts`. */
function receive(codec: WireCodec, bytes: Buffer, isBinary: boolean): Received {
  if (isBinary !== codec.isBinary) throw new Error(`a ${isBinary ? "binary" : "text"} frame came on ${codec.encoding}`);
  const frame = codec.decode(bytes) as Frame;
  const keys = Object.keys(frame).filter((key) => key !== "seq");
  if (!isDeepStrictEqual(keys.sort(), ["d", "op", "t", "ts"]) || !Number.isInteger(frame.ts)) {
    throw new Error(`a frame has the keys op, d, ts and t, and ts is whole: ${show(frame)}`);
  }
  return { frame, bytes };
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
}
