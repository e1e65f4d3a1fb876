import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContextOptions } from "node:tls";
import { type RawData, WebSocketServer } from "ws";
import { normalizeAddress } from "../../kernel/address.ts";
import { refuseOpening, webSocketVersion } from "../../kernel/opening.ts";
import { findHeader, isAmbiguousHead } from "../../kernel/request-head.ts";
import { createStallWatch } from "../../kernel/stall-watch.ts";
import { type Asker, createTrustedProxies } from "../../kernel/trusted-proxies.ts";
import type { ConnectionHandlers, HeaderList, Listener, ListenerOptions, TlsFiles } from "../../ports/listener.ts";
import { createNodeExchange, readHeaders, splitOnce } from "./exchange.ts";
import { createNodeOutbox } from "./outbox.ts";
import { takeProxyHeader } from "./proxy-header.ts";

const defaultStallMs = 30_000;
const maxTickMs = 4000;

/** Times of `node:http`: a body may take as long as it makes progress, which the watch over transfers sees to. */
const times: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2000,
  // It is looked at here, with all else that would have the connection ended.
  requireHostHeader: false,
};

/** Frames of one message, and pongs that wait to be sent, past which the library cuts a connection. */
const frameBounds = { maxFragments: 16_384, maxPendingAutoPongs: 60 };

/** Time for a handshake. */
const tlsTimes = { handshakeTimeout: 10_000 };

/** The listener for machines on which the native one does not load: `node:http` and the `ws` library. */
export function createNodeListener<S>(options: ListenerOptions, handlers: ConnectionHandlers<S>): Listener {
  const { maxFrameBytes, tls, stallMs = defaultStallMs } = options;
  const proxies = createTrustedProxies(options.trustedProxies);
  const tickMs = Math.min(maxTickMs, stallMs / 4);
  const stalls = createStallWatch(Math.ceil(stallMs / tickMs));
  const server = tls === null ? createServer(times) : createTlsServer({ ...times, ...tlsTimes, ...askOf(tls) });
  /** What takes connections: where they begin with a PROXY header, that is read before HTTP or TLS. */
  const front: Server = options.proxyProtocol ? createNetServer() : server;
  /** Who is behind a proxy's connection, by its remote end. */
  const proxied = new Map<string, string>();
  const open = new Set<{ terminate(): void }>();
  const raw = new Set<Socket>();
  const closing = new WeakSet<Socket>();
  let ticker: NodeJS.Timeout | null = null;

  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // The gateway says 1009 to what is too large; this bound is for what it shall not even have to look at.
    maxPayload: maxFrameBytes * 2,
    perMessageDeflate: false,
    ...frameBounds,
  });

  function askerOf({ socket }: IncomingMessage, headers: HeaderList): Asker {
    const peer = proxied.get(remoteEnd(socket)) ?? normalizeAddress(socket.remoteAddress ?? "");
    return proxies.asker({ peer, secure: tls !== null }, (name) => findHeader(headers, name));
  }

  server.on("request", (req: IncomingMessage, res: ServerResponse) => {
    // What comes behind a request that was refused is not looked at: where that ends is the question.
    if (closing.has(req.socket)) return;
    const headers = readHeaders(req);
    if (isRefused(req, headers)) {
      closing.add(req.socket);
      return void res.writeHead(400, { connection: "close", "content-length": 0 }).end();
    }
    handlers.request(createNodeExchange(req, res, headers, askerOf(req, headers), stalls));
  });

  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const headers = readHeaders(req);
    if (closing.has(req.socket) || isRefused(req, headers)) return refuse(socket, 400);
    const refusal = judgeOpening(req, headers);
    if (refusal !== null) return refuse(socket, refusal);
    const [path, query] = splitOnce(req.url ?? "/", "?");
    const origin = findHeader(headers, "origin") ?? null;
    const accepted = handlers.accept({ path, query, origin, ...askerOf(req, headers) });
    if (!accepted.ok) return refuse(socket, accepted.status, accepted.headers);
    sockets.handleUpgrade(req, socket, head, (ws) => {
      const { binary } = accepted.hello;
      const session = handlers.open(createNodeOutbox({ ...options, ws, socket, binary }), accepted.hello);
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

  front.maxConnections = options.maxConnections;
  front.on("drop", options.onRefused);
  if (front !== server) front.on("connection", takeProxied);

  function takeProxied(socket: Socket): void {
    const end = remoteEnd(socket);
    raw.add(socket);
    socket.on("close", () => {
      raw.delete(socket);
      proxied.delete(end);
    });
    if (!proxies.trusts(normalizeAddress(socket.remoteAddress ?? ""))) return void server.emit("connection", socket);
    takeProxyHeader(socket, (address) => {
      if (address !== null) proxied.set(end, address);
      server.emit("connection", socket);
    });
  }

  async function loadTls(files: TlsFiles): Promise<void> {
    const context = await readTls(files);
    if ("setSecureContext" in server) server.setSecureContext(context);
  }

  return {
    async listen() {
      if (tls !== null) await loadTls(tls);
      await new Promise<void>((resolve, reject) => {
        front.once("error", reject);
        front.listen(options.port, options.host, () => {
          front.off("error", reject);
          resolve();
        });
      });
      ticker = setInterval(stalls.tick, tickMs).unref();
      return (front.address() as AddressInfo).port;
    },
    async reloadTls() {
      if (tls !== null) await loadTls(tls);
    },
    stopAccepting() {
      front.close();
      server.closeIdleConnections();
    },
    async close() {
      if (ticker !== null) clearInterval(ticker);
      for (const ws of open) ws.terminate();
      for (const socket of raw) socket.destroy();
      server.closeAllConnections();
      front.close();
    },
  };
}

/** Names a connection among those that are open. */
function remoteEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** The parser takes older versions as well, and chunks with them, which nobody else would read so. */
function isRefused(req: IncomingMessage, headers: HeaderList): boolean {
  const isChunked = req.headers["transfer-encoding"] !== undefined;
  const isKnown = req.httpVersion === "1.1" || (req.httpVersion === "1.0" && !isChunked);
  return !isKnown || isAmbiguousHead(req.method ?? "", req.url ?? "", headers);
}

/** The status that refuses an upgrade; other methods than GET are refused by the library. */
function judgeOpening({ method, httpVersion }: IncomingMessage, headers: HeaderList): number | null {
  if (method !== "GET") return null;
  return httpVersion === "1.1" ? refuseOpening(headers) : 400;
}

function refuse(socket: Duplex, status: number, headers: HeaderList = []): void {
  const all = status === 426 ? [...headers, ["sec-websocket-version", webSocketVersion]] : headers;
  const version = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${version}connection: close\r\ncontent-length: 0`;
  socket.end(`${head}\r\n\r\n`, () => socket.destroy());
}

/** Whether clients are asked for a certificate; one that has none of the authority's is refused then. */
function askOf({ clientCa }: TlsFiles): { readonly requestCert: boolean; readonly rejectUnauthorized: boolean } {
  return { requestCert: clientCa !== null, rejectUnauthorized: clientCa !== null };
}

async function readTls({ cert, key, clientCa }: TlsFiles): Promise<SecureContextOptions> {
  const pair = { cert: await readFile(cert), key: await readFile(key) };
  return clientCa === null ? pair : { ...pair, ca: await readFile(clientCa) };
}
