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
  close(code?: number): Promise<Closed>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a WebSocket; frames may arrive as soon as this resolves. Rejects with the status where it is refused. */
export async function openClient(server: Reachable, options: ClientOptions = {}): Promise<RawClient> {
  const codec = options.codec ?? codecs[options.encoding ?? "json"];
  const path = options.path ?? `/gateway/websocket?encoding=${codec.encoding}`;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { perMessageDeflate: false, maxPayload: 0 });
  const inbox = createMailbox<Received>();
  const closed = new Promise<Closed>((resolve) => {
    socket.on("close", (code, reason) => {
      const end = { code, reason: reason.toString() };
      inbox.close(() => new Error(`the connection ended before a frame came: ${code} ${end.reason}`));
      resolve(end);
    });
  });
  socket.on("message", (data, isBinary) => {
    try {
      inbox.put(receive(codec, data as Buffer, isBinary));
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

/** Every frame of the server, whatever it says: the right kind, all four keys, a whole `ts`. */
function receive(codec: WireCodec, bytes: Buffer, isBinary: boolean): Received {
  if (isBinary !== codec.isBinary) throw new Error(`a ${isBinary ? "binary" : "text"} frame came on ${codec.encoding}`);
  const frame = codec.decode(bytes) as Frame;
  if (!isDeepStrictEqual(Object.keys(frame).sort(), ["d", "op", "t", "ts"]) || !Number.isInteger(frame.ts)) {
    throw new Error(`a frame has the keys op, d, ts and t, and ts is whole: ${show(frame)}`);
  }
  return { frame, bytes };
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
}
