import IsomorphicWebSocket from "isomorphic-ws";
import { SingyeongError } from "../errors.ts";
import type { OpenSocket } from "./socket.ts";
import { type StandardWebSocket, wrapWebSocket } from "./web-socket.ts";

/** `ws`, as far as it is used here. */
interface WsSocket extends StandardWebSocket {
  once?(event: "upgrade", run: (response: { readonly socket: Corkable }) => void): void;
}

/** A stream that holds writes back; `node:net`'s sockets do. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

const WebSocket = IsomorphicWebSocket as unknown as new (url: string, options: object) => WsSocket;

/**
 * Opens a WebSocket of the `ws` package. Frames of one turn leave in one write, because system calls are what a message
 * costs most.
 * @throws `client/unsupported` in a browser, whose WebSocket takes no options; where they make no sense to `ws`
 */
export const openWsSocket: OpenSocket = ({ url, headers, tls }, handlers) => {
  if ("document" in globalThis) {
    throw new SingyeongError("client/unsupported", "browsers take neither headers nor TLS options");
  }
  const raw = new WebSocket(url, { ...tls, ...(headers && { headers }), perMessageDeflate: false });
  let wire: Corkable | null = null;
  let corked = false;
  raw.once?.("upgrade", ({ socket }) => {
    wire = socket;
  });
  const socket = wrapWebSocket(raw, handlers);
  const uncork = (): void => {
    corked = false;
    wire?.uncork();
  };
  return {
    send(data) {
      if (wire !== null && !corked) {
        corked = true;
        wire.cork();
        queueMicrotask(uncork);
      }
      socket.send(data);
    },
    get bufferedBytes() {
      return socket.bufferedBytes;
    },
    close: socket.close,
    abandon: socket.abandon,
  };
};
