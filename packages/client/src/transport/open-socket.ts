import { SingyeongError } from "../errors.ts";
import type { OpenSocket, Socket, SocketHandlers } from "./socket.ts";
import { wrapWebSocket } from "./web-socket.ts";

interface Runtime {
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly Bun?: object;
}

const { process, Bun } = globalThis as Runtime;
/** Node.js, or Deno, which says so of itself. */
const prefersPackage = process?.versions?.node !== undefined && Bun === undefined;

/**
 * Opens a WebSocket: the runtime's own, or that of the `ws` package where options are asked for that the standard does
 * not have. Node.js and Deno always take the package: the one's own costs nearly twice the time per message, the other's
 * cannot be closed while the network is silent (docs/decisions/0016).
 */
export const openSocket: OpenSocket = (request, handlers) => {
  if (prefersPackage || request.headers !== null || request.tls !== null) {
    return openLate(handlers, (late) => loadPackage().then((open) => open(request, late)));
  }
  return openLate(handlers, async (late) => wrapWebSocket(new WebSocket(request.url) as never, late));
};

let loaded: Promise<OpenSocket> | null = null;

function loadPackage(): Promise<OpenSocket> {
  loaded ??= import("./ws-socket.ts").then(({ openWsSocket }) => openWsSocket);
  return loaded;
}

/** A socket that is made a moment later, if it is still wanted by then. Whatever goes wrong in the making is its end. */
function openLate(handlers: SocketHandlers, open: (handlers: SocketHandlers) => Promise<Socket>): Socket {
  let socket: Socket | null = null;
  let wanted = true;
  const ended: SocketHandlers["ended"] = (code, problem) => {
    if (!wanted) return;
    wanted = false;
    handlers.ended(code, problem);
  };
  open({ message: handlers.message, ended }).then(
    (opened) => {
      socket = opened;
      if (!wanted) opened.abandon();
    },
    (error: unknown) => ended(1006, error instanceof SingyeongError ? error : String(error)),
  );
  return {
    send: (data) => socket?.send(data),
    get bufferedBytes() {
      return socket?.bufferedBytes ?? 0;
    },
    close() {
      if (socket !== null) socket.close();
      else {
        queueMicrotask(() => {
          ended(1000, "");
          socket?.abandon();
        });
      }
    },
    abandon() {
      wanted = false;
      socket?.abandon();
    },
  };
}
