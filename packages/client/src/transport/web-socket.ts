import type { Socket, SocketHandlers } from "./socket.ts";

/** What a socket of the web standard and one of the `ws` package have in common. */
export interface StandardWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  /** Of `ws` alone: cuts the connection. */
  terminate?(): void;
}

const OPEN = 1;

/** Wraps a WebSocket that was just made. */
export function wrapWebSocket(socket: StandardWebSocket, { message, ended }: SocketHandlers): Socket {
  let problem = "";
  let over = false;
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    message(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
  };
  socket.onerror = (event) => {
    if (typeof event.message === "string") problem = event.message;
  };
  socket.onclose = ({ code, reason }) => {
    over = true;
    ended(code, reason || problem);
  };
  return {
    send(data) {
      if (socket.readyState === OPEN) socket.send(data);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    close: () => socket.close(1000),
    abandon() {
      socket.onmessage = null;
      socket.onclose = null;
      // Errors of a socket that is let go concern nobody, but `ws` throws those that nobody listens to.
      socket.onerror = () => {};
      if (over) return;
      if (socket.terminate) socket.terminate();
      else socket.close();
    },
  };
}
