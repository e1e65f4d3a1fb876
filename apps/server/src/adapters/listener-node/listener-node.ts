import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type RawData, WebSocketServer } from "ws";
import { normalizeAddress } from "../../kernel/address.ts";
import type { ConnectionHandlers, Listener, ListenerOptions } from "../../ports/listener.ts";
import { createNodeExchange, splitOnce } from "./exchange.ts";
import { createNodeOutbox } from "./outbox.ts";

/** How long a request may take to arrive whole. */
const requestTimeoutMs = 30_000;

/** The listener for machines on which the native one does not load: `node:http` and the `ws` library. */
export function createNodeListener<S>(options: ListenerOptions, handlers: ConnectionHandlers<S>): Listener {
  const { maxFrameBytes, maxBacklogBytes, onSlowConsumer } = options;
  const server = createServer({ requestTimeout: requestTimeoutMs }, (req, res) =>
    handlers.request(createNodeExchange(req, res)),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // The gateway says 1009 to what is too large; this bound is for what it shall not even have to look at.
    maxPayload: maxFrameBytes * 2,
    perMessageDeflate: false,
  });

  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path, query] = splitOnce(req.url ?? "/", "?");
    const peer = normalizeAddress(req.socket.remoteAddress ?? "");
    const accepted = handlers.accept({ path, query, peer });
    socket.on("error", () => socket.destroy());
    if (!accepted.ok) return refuse(socket, accepted.status);
    sockets.handleUpgrade(req, socket, head, (ws) => {
      const { binary } = accepted.hello;
      const session = handlers.open(
        createNodeOutbox({ ws, socket, binary, maxBacklogBytes, onSlowConsumer }),
        accepted.hello,
      );
      ws.on("message", (data: RawData, isBinary: boolean) => {
        handlers.message(session, data as Buffer, isBinary);
      });
      // A violation of the WebSocket protocol: the library closes with the code that names it.
      ws.on("error", () => {});
      ws.on("close", (code) => handlers.closed(session, code));
      open.add(ws);
      ws.on("close", () => open.delete(ws));
    });
  });
  const open = new Set<{ terminate(): void }>();

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(options.port, options.host, () => {
          server.off("error", reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    stopAccepting() {
      server.close();
      server.closeIdleConnections();
    },
    async close() {
      for (const ws of open) ws.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}
