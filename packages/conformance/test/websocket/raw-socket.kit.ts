import { connect, type Socket } from "node:net";
import { createMailbox } from "../../src/mailbox.ts";
import type { Reachable } from "../../src/start-server.ts";
import { freshKey, type Opening, type OpeningAnswer, openingRequest, readAnswer } from "./opening.kit.ts";
import { createFrameReader, type ServerFrame } from "./server-frames.kit.ts";
import { encodeFrame, type FrameShape, Opcode } from "./wire-frame.kit.ts";

/**
 * How a connection ended: the body of the server's close frame, or `"cut"` where the TCP connection ended without one.
 * A code of `null` is a close frame without a body.
 */
export type Ending = { readonly code: number | null; readonly reason: string } | "cut";

/** A client of RFC 6455 that says exactly what it is told to, and answers nothing by itself. */
export interface RawSocket {
  readonly answer: OpeningAnswer;
  /** Writes bytes as they are; resolves once the operating system has them. */
  write(bytes: Uint8Array): Promise<void>;
  sendFrame(opcode: number, payload: string | Uint8Array, shape?: FrameShape): Promise<void>;
  /** The next data frame or pong; rejects where the connection ends before one comes. */
  next(): Promise<ServerFrame>;
  /** Data frames and pongs that came and were not taken. */
  readonly unread: number;
  /** Resolves once the server has ended the TCP connection: nobody else does. Rejects where it broke RFC 6455. */
  readonly ended: Promise<Ending>;
  /** Whether the server has ended the TCP connection. */
  readonly hasEnded: boolean;
  /** The server's close frame, at once when it comes; `"cut"` where the connection ends without. */
  readonly closing: Promise<Ending>;
  /** Ends the client's half of the TCP connection. */
  end(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Dialed {
  readonly answer: OpeningAnswer;
  readonly key: string;
  /** What came behind the answer's head so far. */
  readonly rest: Buffer;
  readonly socket: Socket;
}

/** Sends an opening request and reads the answer's head. Rejects where the connection ends before it. */
export function dial(server: Reachable, opening: Opening = {}, key = freshKey()): Promise<Dialed> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    let head = Buffer.alloc(0);
    // A reset is one more way in which a connection ends.
    socket.on("error", () => {});
    const onClose = (): void => reject(new Error("the connection ended before an answer came"));
    socket.once("close", onClose);
    socket.once("end", () => socket.end());
    socket.on("data", function onData(chunk: Buffer) {
      head = Buffer.concat([head, chunk]);
      const read = readAnswer(head);
      if (read === null) return;
      socket.pause();
      socket.off("data", onData);
      socket.off("close", onClose);
      resolve({ ...read, key, socket });
    });
    socket.write(openingRequest(key, opening));
  });
}

/** Opens a WebSocket. Rejects where it is refused. */
export async function openRawSocket(server: Reachable, opening: Opening = {}): Promise<RawSocket> {
  const { answer, rest, socket } = await dial(server, opening);
  if (answer.status !== 101) {
    socket.destroy();
    throw new Error(`refused with ${answer.status}`);
  }
  const reader = createFrameReader();
  const inbox = createMailbox<ServerFrame>();
  const closing = Promise.withResolvers<Ending>();
  const ended = Promise.withResolvers<Ending>();
  let last: Ending = "cut";
  let hasEnded = false;

  function read(chunk: Buffer): void {
    try {
      for (const frame of reader.read(chunk)) {
        if (frame.opcode === Opcode.close) last = endingOf(frame.payload);
        else inbox.put(frame);
      }
      if (last !== "cut") closing.resolve(last);
    } catch (error) {
      ended.reject(error);
      closing.reject(error);
      inbox.close(() => error as Error);
      socket.destroy();
    }
  }

  function finish(): void {
    hasEnded = true;
    inbox.close(() => new Error(`the connection ended before a frame came: ${JSON.stringify(last)}`));
    closing.resolve(last);
    ended.resolve(last);
  }

  // Who asks for neither must not be told of a rejection as of one that nobody handles.
  ended.promise.catch(() => {});
  closing.promise.catch(() => {});
  socket.on("data", read);
  socket.once("end", finish);
  socket.once("close", finish);
  if (rest.length > 0) read(rest);
  socket.resume();
  const write = (bytes: Uint8Array): Promise<void> => new Promise((resolve) => socket.write(bytes, () => resolve()));
  return {
    answer,
    write,
    sendFrame: (opcode, payload, shape) => write(encodeFrame(opcode, payload, shape)),
    next: inbox.take,
    get unread() {
      return inbox.size;
    },
    ended: ended.promise,
    get hasEnded() {
      return hasEnded;
    },
    closing: closing.promise,
    end: () => void socket.end(),
    async [Symbol.asyncDispose]() {
      socket.destroy();
      finish();
    },
  };
}

function endingOf(body: Buffer): Ending {
  return body.length === 0
    ? { code: null, reason: "" }
    : { code: body.readUInt16BE(0), reason: body.toString("utf8", 2) };
}
