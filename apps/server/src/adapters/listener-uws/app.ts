import {
  App,
  type AppOptions,
  DISABLED,
  type HttpRequest,
  type HttpResponse,
  SSLApp,
  type TemplatedApp,
  type WebSocket,
} from "uWebSockets.js";
import { normalizeAddress } from "../../kernel/address.ts";
import { memoize } from "../../kernel/memo.ts";
import { refuseOpening, webSocketVersion } from "../../kernel/opening.ts";
import { findHeader, isAmbiguousHead } from "../../kernel/request-head.ts";
import type { StallWatch } from "../../kernel/stall-watch.ts";
import type { Asker, TrustedProxies } from "../../kernel/trusted-proxies.ts";
import type { ConnectionHandlers, HeaderList, ListenerOptions, TlsFiles, UpgradeHello } from "../../ports/listener.ts";
import { createUwsExchange, readHeaders } from "./exchange.ts";
import type { FlushQueue } from "./flush-queue.ts";
import { UwsOutbox } from "./outbox.ts";
import { reasonPhrase } from "./reason-phrase.ts";

/** What a uWebSockets.js connection carries: the hello until it opens, then its session and outbox. */
interface Cargo<S> {
  readonly hello: UpgradeHello;
  connection: { readonly session: S; readonly outbox: UwsOutbox<Cargo<S>> } | null;
}

/** The socket object is ours to extend: a property is reached faster than `getUserData`. */
type Socket<S> = WebSocket<Cargo<S>> & { cargo: Cargo<S> };

/** What the apps of one listener share. */
export interface AppContext<S> {
  readonly options: ListenerOptions;
  readonly handlers: ConnectionHandlers<S>;
  readonly queue: FlushQueue;
  readonly stalls: StallWatch;
  readonly proxies: TrustedProxies;
  /** TCP connections that are open. */
  open: number;
}

/** Addresses of peers as text, by how the library writes them: most requests come from few. */
const peerOf = memoize(4096, normalizeAddress);

/** Files of TLS as the library names them. */
export function fileNames({ cert, key }: TlsFiles): AppOptions {
  return { cert_file_name: cert, key_file_name: key };
}

/** Makes an app with everything but its port. @throws where the files of TLS cannot be used */
export function createUwsApp<S>(context: AppContext<S>, tls: TlsFiles | null): TemplatedApp {
  const { options, handlers, queue, stalls, proxies } = context;
  const secure = tls !== null;
  const app = tls === null ? App() : SSLApp(fileNames(tls));

  function askerOf(res: HttpResponse, headers: HeaderList): Asker {
    const peer = peerOf(Buffer.from(res.getRemoteAddressAsText()).toString("latin1"));
    return proxies.asker({ peer, secure }, (name) => findHeader(headers, name));
  }

  function count(res: HttpResponse, change: number): void {
    context.open += change;
    if (change < 0 || context.open <= options.maxConnections) return;
    options.onRefused();
    res.close();
  }

  app.filter(count);
  app.ws<Cargo<S>>("/*", {
    compression: DISABLED,
    idleTimeout: 0,
    sendPingsAutomatically: false,
    maxBackpressure: options.maxBacklogBytes,
    // The library cuts what is larger without a close frame, so the gateway gets the chance to say 1009 first.
    maxPayloadLength: options.maxFrameBytes * 2,
    upgrade(res, req, socketContext) {
      const headers = readHeaders(req);
      if (isRefused(req, headers)) return refuse(res, 400);
      const refusal = refuseOpening(headers);
      if (refusal !== null) return refuse(res, refusal);
      const accepted = handlers.accept({
        path: req.getUrl(),
        query: req.getQuery() ?? "",
        origin: findHeader(headers, "origin") ?? null,
        ...askerOf(res, headers),
      });
      if (!accepted.ok) return refuse(res, accepted.status, accepted.headers);
      res.upgrade<Cargo<S>>(
        { hello: accepted.hello, connection: null },
        req.getHeader("sec-websocket-key"),
        req.getHeader("sec-websocket-protocol"),
        req.getHeader("sec-websocket-extensions"),
        socketContext,
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
      // The filter is not told of connections that were upgraded.
      context.open--;
      const { session, outbox } = (ws as Socket<S>).cargo.connection!;
      outbox.closed();
      handlers.closed(session, code);
    },
  });

  app.any("/*", (res, req) => {
    const headers = readHeaders(req);
    if (isRefused(req, headers)) return refuse(res, 400);
    const head = {
      method: req.getCaseSensitiveMethod(),
      path: req.getUrl(),
      query: req.getQuery() ?? "",
      headers,
      ...askerOf(res, headers),
    };
    handlers.request(createUwsExchange(res, head, stalls, secure, options.onOverrun));
  });

  return app;
}

function isRefused(req: HttpRequest, headers: HeaderList): boolean {
  return isAmbiguousHead(req.getCaseSensitiveMethod(), `${req.getUrl()}?${req.getQuery() ?? ""}`, headers);
}

/**
 * Answers with a status and ends the connection. It does so in a later turn: until then the library ends a connection
 * on which more is asked, while behind an answer it would go on to that.
 */
function refuse(res: HttpResponse, status: number, headers: HeaderList = []): void {
  let isGone = false;
  res.onAborted(() => {
    isGone = true;
  });
  setImmediate(() => {
    if (isGone) return;
    res.cork(() => {
      res.writeStatus(`${status} ${reasonPhrase(status)}`);
      if (status === 426) res.writeHeader("sec-websocket-version", webSocketVersion);
      for (const [name, value] of headers) res.writeHeader(name, value);
      res.endWithoutBody(0, true);
    });
  });
}
