import type { Outbox } from "./outbox.ts";

/** An HTTP request; valid until answered. */
export interface Exchange {
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The query without its `?`; empty where there is none. */
  readonly query: string;
  /** The peer's address, IPv4 where it is one. */
  readonly peer: string;
  /** A request header by lower-case name. */
  header(name: string): string | undefined;
  /** The whole body; `null` where it is larger than `maxBytes`. Rejects only where the peer has gone. */
  body(maxBytes: number): Promise<Uint8Array | null>;
  /** True once the peer has gone: nobody waits for an answer any more. */
  readonly gone: boolean;
  /** Answers, once. Does nothing where the peer has gone. */
  respond(status: number, headers: Readonly<Record<string, string>>, body: string): void;
}

/** A request to become a WebSocket. */
export interface UpgradeRequest {
  readonly path: string;
  readonly query: string;
  readonly peer: string;
}

/** What a listener calls; `S` is whatever the gateway wants to have back with each event of a connection. */
export interface ConnectionHandlers<S> {
  /** Decides on an upgrade: a value to hand to `open`, or the HTTP status that refuses it. */
  accept(
    request: UpgradeRequest,
  ): { readonly ok: true; readonly hello: UpgradeHello } | { readonly ok: false; readonly status: number };
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

/** What an accepted upgrade carries over to the open connection. */
export interface UpgradeHello {
  readonly encoding: string;
  /** True where this connection's frames go out as binary ones. */
  readonly binary: boolean;
  readonly peer: string;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** A larger frame closes its connection: with 1009, or by a cut where a listener cannot say so. */
  readonly maxFrameBytes: number;
  /** Bytes that may wait for one socket; past it the connection is closed as a slow consumer. */
  readonly maxBacklogBytes: number;
  /** Told once per connection closed for a full backlog. */
  readonly onSlowConsumer: () => void;
}

/** A server socket that speaks HTTP and WebSocket. */
export interface Listener {
  /** Resolves with the port in use; rejects where the address cannot be had. */
  listen(): Promise<number>;
  /** Stops taking new connections; those open go on. */
  stopAccepting(): void;
  /** Ends every connection that is still open. */
  close(): Promise<void>;
}

/** How adapters are made. */
export type CreateListener = <S>(options: ListenerOptions, handlers: ConnectionHandlers<S>) => Listener;
