import type { SingyeongError } from "../errors.ts";

/** One WebSocket, whoever made it. */
export interface Socket {
  /** Hands a frame over; harmless once the socket has ended. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Bytes handed over that have not left yet. */
  readonly bufferedBytes: number;
  /** Starts the closing handshake; `ended` follows when the peer has answered. */
  close(): void;
  /** Lets go at once; no handler is called any more. */
  abandon(): void;
}

export interface SocketHandlers {
  /** A frame came. Bytes are the receiver's to keep. */
  message(data: string | Uint8Array): void;
  /** The end, also of a socket that never opened; `problem` is what it died of, as far as anybody knows. */
  ended(code: number, problem: string | SingyeongError): void;
}

export interface SocketRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly tls: object | null;
}

/** Opens a socket. Everything that goes wrong is told to `ended`. */
export type OpenSocket = (request: SocketRequest, handlers: SocketHandlers) => Socket;
