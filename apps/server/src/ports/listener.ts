import type { Outbox } from "./outbox.ts";

/** Headers as they stand in a message: in order, names in lower case, a repeated one as often as it is there. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** An HTTP request; valid until answered. It is answered once: by `respond`, or by `open`. */
export interface Exchange {
  readonly method: string;
  /** The path without its query, as sent. */
  readonly path: string;
  /** The query without its `?`; empty where there is none. */
  readonly query: string;
  /** The address of who asks, IPv4 where it is one: what trusted proxies say of it, where one is the socket's peer. */
  readonly peer: string;
  /** True where who asks came by TLS: to this server, or to the trusted proxy in front of it. */
  readonly secure: boolean;
  /** A request header by lower-case name; where it is repeated, its values joined by `, `. */
  header(name: string): string | undefined;
  /** All request headers as they were sent. */
  headers(): HeaderList;
  /**
   * The whole body; `null` where it is larger than `maxBytes`. Rejects only where the peer has gone. It or `stream` is
   * called, once.
   */
  body(maxBytes: number): Promise<Uint8Array | null>;
  /**
   * The body as it comes. The peer is paused while nobody takes the next piece, so that a body of any size needs no
   * memory; to stop early drops the rest. Throws, from `next`, where the peer has gone before the end. Pieces are the caller's.
   */
  stream(): AsyncIterable<Uint8Array>;
  /** True once the peer has gone, or all of the answer was given: nobody waits for an answer any more. */
  readonly gone: boolean;
  /** Calls `task` once if the peer goes away before all of the answer was given; at once where it has gone already. */
  onGone(task: () => void): void;
  /** Answers, once. Does nothing where the peer has gone. */
  respond(status: number, headers: HeaderList | Readonly<Record<string, string>>, body: string | Uint8Array): void;
  /**
   * Begins an answer whose body is streamed. `length` is the body's in bytes and becomes `content-length`; `null` is one
   * not known, and goes out in chunks. Headers of the connection (`content-length`, `transfer-encoding`, `connection` …) are
   * left out of `headers`. To HEAD, and with 204 and 304, there is no body: what is written is dropped, and `length` is
   * told where it is known, to 204 never. `null` where the peer has gone.
   */
  open(status: number, headers: HeaderList, length: number | null): ResponseBody | null;
}

/** The body of an answer under way. */
export interface ResponseBody {
  /**
   * Queues bytes; they are not copied, and must not change afterwards. `false` asks to wait for `onDrain` before the next;
   * what is written all the same is queued as well. Bytes past the length that was told, and all bytes once the peer has
   * gone, are dropped.
   */
  write(chunk: Uint8Array): boolean;
  /** All of the body was written. Fewer bytes than were told count as `cut`. */
  end(): void;
  /** Gives up: the peer sees that the body is not whole. */
  cut(): void;
  /** Called when more may be written after `write` said `false`. Never called once the peer has gone: `onGone` is. */
  onDrain: (() => void) | null;
}

/** A request to become a WebSocket. */
export interface UpgradeRequest {
  readonly path: string;
  readonly query: string;
  /** As of an exchange. */
  readonly peer: string;
  /** As of an exchange. */
  readonly secure: boolean;
  /** True where a proxy that is not trusted passed the request on: `peer` is that proxy. */
  readonly isRelayed: boolean;
  /** The header `Origin`, by which browsers tell whose page asks; `null` where there is none. */
  readonly origin: string | null;
}

/** What a listener calls; `S` is whatever the gateway wants to have back with each event of a connection. */
export interface ConnectionHandlers<S> {
  /** Decides on an upgrade: a value to hand to `open`, or the answer that refuses it. */
  accept(request: UpgradeRequest): { readonly ok: true; readonly hello: UpgradeHello } | UpgradeRefusal;
  open(outbox: Outbox, hello: UpgradeHello): S;
  /** A whole frame; a text frame is well-formed UTF-8. The bytes may only be read during this call. */
  message(session: S, bytes: Uint8Array, isBinary: boolean): void;
  /**
   * The connection is gone, whoever ended it. Called once. `code` is that of the close frame: 1005 where it had none, 1006
   * where there was no close frame.
   */
  closed(session: S, code: number): void;
  request(exchange: Exchange): void;
}

/** An answer without a body. */
export interface UpgradeRefusal {
  readonly ok: false;
  readonly status: number;
  /** @default none */
  readonly headers?: HeaderList;
}

/** What an accepted upgrade carries over to the open connection. */
export interface UpgradeHello {
  readonly encoding: string;
  /** True where this connection's frames go out as binary ones. */
  readonly binary: boolean;
  readonly peer: string;
  /** As of the request. */
  readonly isRelayed: boolean;
}

/** Paths of PEM files. */
export interface TlsFiles {
  /** The certificate and those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
  /** The authority of which clients need a certificate; `null` asks for none. */
  readonly clientCa: string | null;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** `null` speaks plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Addresses and networks (CIDR) whose `X-Forwarded-For`, `X-Forwarded-Proto` and PROXY header are believed. */
  readonly trustedProxies: readonly string[];
  /** Whether trusted proxies send a PROXY protocol header, version 2. */
  readonly proxyProtocol: boolean;
  /** TCP connections that are open at a time; one more is closed as it comes. */
  readonly maxConnections: number;
  /** Told once per connection refused for `maxConnections`. */
  readonly onRefused: () => void;
  /** Told once per connection that was cut because the bodies of all came faster than they could be held back. */
  readonly onOverrun: () => void;
  /** A larger frame closes its connection: with 1009, or by a cut where a listener cannot say so. */
  readonly maxFrameBytes: number;
  /** Bytes that may wait for one socket; past it `slowConsumer` says what happens. */
  readonly maxBacklogBytes: number;
  /** What a full backlog means: the connection is closed, or a frame that may be dropped is. */
  readonly slowConsumer: "close" | "drop";
  /** Told once per connection closed for a full backlog. */
  readonly onSlowConsumer: () => void;
  /**
   * How long a peer may let a request or an answer stand, in milliseconds: one that brings or takes less than 1 KiB in
   * that time is cut. @default 30 s
   */
  readonly stallMs?: number;
  /** Told once per frame dropped for a full backlog. */
  readonly onDropped: () => void;
}

/** A server socket that speaks HTTP and WebSocket. */
export interface Listener {
  /** Resolves with the port in use; rejects where the address cannot be had, or a TLS file cannot be used. */
  listen(): Promise<number>;
  /**
   * Reads the files of TLS again: connections from now on get the new certificate, those open go on. Rejects where a file
   * cannot be used; the old certificate stays then. Does nothing without TLS.
   */
  reloadTls(): Promise<void>;
  /** Stops taking new connections; those open go on. */
  stopAccepting(): void;
  /** Ends every connection that is still open. */
  close(): Promise<void>;
}

/** How adapters are made. @throws where an entry of `trustedProxies` is neither an address nor a network */
export type CreateListener = <S>(options: ListenerOptions, handlers: ConnectionHandlers<S>) => Listener;
