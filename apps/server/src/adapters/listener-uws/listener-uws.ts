import {
  LIBUS_LISTEN_EXCLUSIVE_PORT,
  SSLApp,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  us_socket_local_port,
} from "uWebSockets.js";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { createStallWatch } from "../../kernel/stall-watch.ts";
import { createTrustedProxies } from "../../kernel/trusted-proxies.ts";
import type { ConnectionHandlers, Listener, ListenerOptions, TlsFiles } from "../../ports/listener.ts";
import { type AppContext, createUwsApp, fileNames } from "./app.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { createFlushQueue } from "./flush-queue.ts";

/**
 * `listen` as it is, not as it is typed: host and options together. Without the exclusive option a second server on
 * the same port would be let in and share its connections.
 */
type ListenWithOptions = (
  host: string,
  port: number,
  options: number,
  done: (socket: us_listen_socket | false) => void,
) => unknown;

/** What the types leave out: an app can hand the connections that it takes to others, in turn. */
interface ParentApp extends TemplatedApp {
  addChildAppDescriptor(descriptor: unknown): void;
  removeChildAppDescriptor(descriptor: unknown): void;
}
interface ChildApp extends TemplatedApp {
  getDescriptor(): unknown;
}

const defaultStallMs = 30_000;
/** More often than the library's own timeout of 10 s, which each tick begins anew. */
const maxTickMs = 4000;

/**
 * The default listener, on uWebSockets.js. @throws where it is asked for what the library cannot do: certificates of
 * clients, which it does not insist on, and the PROXY protocol, of which it believes any later header over the first
 */
export function createUwsListener<S>(options: ListenerOptions, handlers: ConnectionHandlers<S>): Listener {
  const { tls, stallMs = defaultStallMs } = options;
  if (tls !== null && tls.clientCa !== null) throw new Error("this listener cannot ask clients for a certificate");
  if (options.proxyProtocol) throw new Error("this listener cannot tell a proxy's PROXY header from one of who asks");
  const tickMs = Math.min(maxTickMs, stallMs / 4);
  const context: AppContext<S> = {
    options,
    handlers,
    queue: createFlushQueue(options),
    stalls: createStallWatch(Math.ceil(stallMs / tickMs)),
    proxies: createTrustedProxies(options.trustedProxies),
    open: 0,
  };
  /** What has the port. With TLS it only hands connections on, to the app that has the newest certificate. */
  let front: TemplatedApp | null = null;
  /** Those of older certificates have connections still. */
  const secured: ChildApp[] = [];
  let listenSocket: us_listen_socket | null = null;
  let ticker: NodeJS.Timeout | null = null;

  async function loadTls(files: TlsFiles): Promise<void> {
    await checkTls(files);
    // It hands on to its like alone: one without TLS would make connections that are too small for it.
    front ??= SSLApp(fileNames(files));
    const parent = front as ParentApp;
    const next = createUwsApp(context, files) as ChildApp;
    const last = secured.at(-1);
    parent.addChildAppDescriptor(next.getDescriptor());
    if (last !== undefined) parent.removeChildAppDescriptor(last.getDescriptor());
    secured.push(next);
  }

  function bind(app: TemplatedApp): Promise<number> {
    return new Promise((resolve, reject) => {
      const listen = app.listen as unknown as ListenWithOptions;
      listen.call(app, options.host, options.port, LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
        if (socket === false) return void explainRefusal(options.host, options.port).then(reject);
        listenSocket = socket;
        ticker = setInterval(context.stalls.tick, tickMs).unref();
        resolve(us_socket_local_port(socket));
      });
    });
  }

  return {
    async listen() {
      if (tls !== null) await loadTls(tls);
      front ??= createUwsApp(context, null);
      return bind(front);
    },
    async reloadTls() {
      if (tls !== null) await loadTls(tls);
    },
    stopAccepting() {
      if (listenSocket !== null) us_listen_socket_close(listenSocket);
      listenSocket = null;
    },
    async close() {
      if (ticker !== null) clearInterval(ticker);
      for (const app of secured) app.close();
      front?.close();
    },
  };
}

/** Says what is wrong with files of TLS, which the library does not. */
async function checkTls({ cert, key }: TlsFiles): Promise<void> {
  createSecureContext({ cert: await readFile(cert), key: await readFile(key) });
}
