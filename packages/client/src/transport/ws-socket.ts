import IsomorphicWebSocket from "isomorphic-ws";
import { SingyeongError } from "../errors.ts";
import { createFrameBatch, type FrameBatch, type NodeBuffer, type Wire } from "./frame-batch.ts";
import { failedTls, refusedUpgrade, type UpgradeAnswer } from "./refused-upgrade.ts";
import type { OpenSocket } from "./socket.ts";
import { type StandardWebSocket, wrapWebSocket } from "./web-socket.ts";

/** `ws`, as far as it is used here; what its kin in other runtimes lack is optional. */
interface WsSocket extends StandardWebSocket {
  once?(event: "upgrade", run: (response: { readonly socket: Omit<Wire, "isOpen"> }) => void): void;
  once?(event: "unexpected-response", run: (request: object, response: UpgradeAnswer) => void): void;
  once?(event: "error", run: (error: Error) => void): void;
  on?(event: "message", run: (data: { toString(): string } | ArrayBuffer, isBinary: boolean) => void): void;
}

const WebSocket = IsomorphicWebSocket as unknown as new (url: string, options: object) => WsSocket;

interface NodeRuntime {
  readonly process?: { readonly nextTick?: (run: () => void) => void };
  readonly Buffer?: { allocUnsafeSlow(size: number): NodeBuffer };
}

const { process, Buffer } = globalThis as NodeRuntime;

/** Runs once all that promises lead to in this turn has run: the steps of an async generator are many microtasks. */
const atEndOfTurn = process?.nextTick ?? queueMicrotask;

const OPEN = 1;

/**
 * Opens a WebSocket of the `ws` package. Frames of one turn leave in one write, because system calls are what a message
 * costs most. On Node.js they are put together here, and come without the events of the standard: that halves what is left.
 * @throws `client/unsupported` in a browser, whose WebSocket takes no options; where they make no sense to `ws`
 */
export const openWsSocket: OpenSocket = ({ url, headers, tls }, handlers) => {
  if ("document" in globalThis) {
    throw new SingyeongError("client/unsupported", "browsers take neither headers nor TLS options");
  }
  const raw = new WebSocket(url, { ...tls, ...(headers && { headers }), perMessageDeflate: false });
  /** Why it was never open, where more is known than the standard tells. */
  let refusal: SingyeongError | null = null;
  const socket = wrapWebSocket(raw, {
    message: handlers.message,
    ended: (code, problem) => handlers.ended(code, refusal ?? problem),
  });
  let batch: FrameBatch | null = null;
  let isDue = false;
  let isLetGo = false;
  let isUpgraded = false;

  raw.once?.("unexpected-response", (_request, response) => {
    refusal = refusedUpgrade(url, response);
    raw.terminate?.();
  });
  raw.once?.("error", (error) => {
    if (url.startsWith("wss:") && !isUpgraded) refusal ??= failedTls(url, error);
  });
  raw.once?.("upgrade", ({ socket: wire }) => {
    isUpgraded = true;
    if (Buffer === undefined || raw.on === undefined) return;
    const open: Wire = {
      get isOpen() {
        return raw.readyState === OPEN;
      },
      get writableLength() {
        return wire.writableLength;
      },
      write: (bytes) => wire.write(bytes),
    };
    batch = createFrameBatch(open, Buffer.allocUnsafeSlow);
    raw.onmessage = null;
    raw.on("message", (data, isBinary) => {
      if (!isLetGo) handlers.message(isBinary ? new Uint8Array(data as ArrayBuffer) : data.toString());
    });
  });

  function leave(): void {
    isDue = false;
    batch!.write();
  }

  return {
    send(data) {
      if (batch === null || raw.readyState !== OPEN) return socket.send(data);
      if (!isDue) {
        isDue = true;
        atEndOfTurn(leave);
      }
      if (batch.add(data)) return;
      batch.write();
      raw.send(data);
    },
    get bufferedBytes() {
      return socket.bufferedBytes + (batch?.bytes ?? 0);
    },
    close() {
      batch?.write();
      socket.close();
    },
    abandon() {
      isLetGo = true;
      socket.abandon();
    },
  };
};
