import IsomorphicWebSocket from "isomorphic-ws";
import { SingyeongError } from "../errors.ts";
import type { OpenSocket } from "./socket.ts";
import { type StandardWebSocket, wrapWebSocket } from "./web-socket.ts";

/** `ws`, as far as it is used here; what its kin in other runtimes lack is optional. */
interface WsSocket extends Omit<StandardWebSocket, "send"> {
  send(data: string | Uint8Array, options?: { readonly binary: boolean }): void;
  once?(event: "upgrade", run: (response: { readonly socket: Corkable }) => void): void;
}

/** A stream that holds writes back; `node:net`'s sockets do. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

const WebSocket = IsomorphicWebSocket as unknown as new (url: string, options: object) => WsSocket;

interface NodeRuntime {
  readonly process?: { readonly nextTick?: (run: () => void) => void };
  readonly Buffer?: { from(text: string): Uint8Array };
}

const { process, Buffer } = globalThis as NodeRuntime;

/** Runs once all that promises lead to in this turn has run: the steps of an async generator are many microtasks. */
const atEndOfTurn = process?.nextTick ?? queueMicrotask;

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
  const socket = wrapWebSocket(raw as StandardWebSocket, handlers);
  const uncork = (): void => {
    corked = false;
    wire?.uncork();
  };
  return {
    send(data) {
      if (wire !== null && !corked) {
        corked = true;
        wire.cork();
        atEndOfTurn(uncork);
      }
      if (typeof data !== "string" || Buffer === undefined || wire === null) socket.send(data);
      // As bytes, text is masked into the buffer that holds its frame's head, and not written as two pieces.
      else if (raw.readyState === 1) raw.send(Buffer.from(data), { binary: false });
    },
    get bufferedBytes() {
      return socket.bufferedBytes;
    },
    close: socket.close,
    abandon: socket.abandon,
  };
};
