import {
  App,
  DISABLED,
  LIBUS_LISTEN_EXCLUSIVE_PORT,
  type us_listen_socket,
  us_listen_socket_close,
  us_socket_local_port,
  type WebSocket,
} from "uWebSockets.js";
import { normalizeAddress } from "../../kernel/address.ts";
import type { ConnectionHandlers, Listener, ListenerOptions, UpgradeHello } from "../../ports/listener.ts";
import { createUwsExchange } from "./exchange.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { createFlushQueue } from "./flush-queue.ts";
import { UwsOutbox } from "./outbox.ts";
import { reasonPhrase } from "./reason-phrase.ts";

/** What a uWebSockets.js connection carries: the hello until it opens, then its session and outbox. */
interface Cargo<S> {
  readonly hello: UpgradeHello;
  connection: { readonly session: S; readonly outbox: UwsOutbox<Cargo<S>> } | null;
}

/** The socket object is ours to extend: a property is reached faster than `getUserData`. */
type Socket<S> = WebSocket<Cargo<S>> & { cargo: Cargo<S> };

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

const decoder = new TextDecoder();

/** The default listener, on uWebSockets.js. */
export function createUwsListener<S>(options: ListenerOptions, handlers: ConnectionHandlers<S>): Listener {
  const queue = createFlushQueue(options.maxBacklogBytes, options.onSlowConsumer);
  const app = App();
  let listenSocket: us_listen_socket | null = null;

  app.ws<Cargo<S>>("/*", {
    compression: DISABLED,
    idleTimeout: 0,
    sendPingsAutomatically: false,
    maxBackpressure: options.maxBacklogBytes,
    // The library cuts what is larger without a close frame, so the gateway gets the chance to say 1009 first.
    maxPayloadLength: options.maxFrameBytes * 2,
    upgrade(res, req, context) {
      const accepted = handlers.accept({
        path: req.getUrl(),
        query: req.getQuery() ?? "",
        peer: normalizeAddress(decoder.decode(res.getRemoteAddressAsText())),
      });
      if (!accepted.ok) {
        res.writeStatus(`${accepted.status} ${reasonPhrase(accepted.status)}`).endWithoutBody(0);
        return;
      }
      res.upgrade<Cargo<S>>(
        { hello: accepted.hello, connection: null },
        req.getHeader("sec-websocket-key"),
        req.getHeader("sec-websocket-protocol"),
        req.getHeader("sec-websocket-extensions"),
        context,
      );
    },
    open(ws) {
      const cargo = ws.getUserData();
      (ws as Socket<S>).cargo = cargo;
      const outbox = new UwsOutbox(ws, cargo.hello.binary, queue);
      cargo.connection = { session: handlers.open(outbox, cargo.hello), outbox };
    },
    message(ws, message, isBinary) {
      const { session } = (ws as Socket<S>).cargo.connection!;
      handlers.message(session, new Uint8Array(message), isBinary);
    },
    drain: (ws) => (ws as Socket<S>).cargo.connection!.outbox.drained(),
    close(ws, code) {
      const { session, outbox } = (ws as Socket<S>).cargo.connection!;
      outbox.closed();
      handlers.closed(session, code);
    },
  });
  app.any("/*", (res, req) => handlers.request(createUwsExchange(res, req, options.maxFrameBytes)));

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        const listen = app.listen as unknown as ListenWithOptions;
        listen.call(app, options.host, options.port, LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
          if (socket === false) return void explainRefusal(options.host, options.port).then(reject);
          listenSocket = socket;
          resolve(us_socket_local_port(socket));
        });
      }),
    stopAccepting() {
      if (listenSocket !== null) us_listen_socket_close(listenSocket);
      listenSocket = null;
    },
    async close() {
      app.close();
    },
  };
}
