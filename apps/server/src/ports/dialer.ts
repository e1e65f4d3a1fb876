import type { HeaderList } from "./listener.ts";

/** A request as it goes to a target. */
export interface TargetRequest {
  readonly method: string;
  /** Path and query string, as they stand in the request line: printable ASCII that begins with a slash. */
  readonly path: string;
  /**
   * In order, names in lower case. `host` is among them; hop-by-hop fields, `content-length` and `transfer-encoding` are
   * not: how the body is framed is up to who carries it.
   */
  readonly headers: HeaderList;
  /** Bytes, or a stream of them that is read once, as fast as the target takes it; `null` is none. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Bytes of a streamed body; `null` where it is not known before its end. */
  readonly length: number | null;
}

/** How far a request had come when it failed. */
export type Reach =
  /** Not a byte of it was sent, and its body was not touched: nobody can have seen it. */
  | "nothing"
  /** Some of it may have been seen, and no answer began. */
  | "target"
  /** The answer had begun. */
  | "answer";

/** Why there is no answer, or not the whole of one. */
export interface TargetFailure {
  readonly code: "proxy/unreachable" | "proxy/timeout" | "proxy/bad-response";
  /** Short, for people and for programs of v1: `:econnrefused`. */
  readonly reason: string;
  readonly reach: Reach;
}

/**
 * What becomes of a request. `head` and `data`s and `end`, in this order, or `failed` in the place of any of them; nothing
 * after `end`, `failed` or an abort, and nothing before `send` has returned.
 */
export interface AnswerHandlers {
  /** The final status (200 to 599) and the fields as they came, names in lower case; `content-length` is among them. */
  head(status: number, headers: HeaderList): void;
  /** A part of the body, which is the receiver's to keep. */
  data(chunk: Uint8Array): void;
  end(): void;
  failed(failure: TargetFailure): void;
}

/** A request under way. */
export interface Sending {
  /** Asks for no more data: what was on its way may still come, which is bounded. */
  pause(): void;
  resume(): void;
  /** Gives the request up, at any time; nothing is told any more. */
  abort(): void;
}

/** Where to dial. */
export interface DialTarget {
  readonly secure: boolean;
  /** A checked address, IPv4 or IPv6 without brackets; nothing is resolved any more. */
  readonly address: string;
  readonly port: number;
  /** The name that a certificate has to be for; `null` where it is the address. */
  readonly serverName: string | null;
}

/** Reaches HTTP servers. Bounds of time but `connectMs`, and of size, are the caller's. */
export interface Dialer {
  /** Addresses of a name, in order of preference; rejects where there are none, or none in time. Not cached. */
  resolve(name: string): Promise<readonly string[]>;
  send(target: DialTarget, request: TargetRequest, handlers: AnswerHandlers): Sending;
  /** Connections kept for further requests are closed, requests under way are given up. */
  close(): Promise<void>;
}

export interface DialerOptions {
  /** Time to look a name up, and to reach a target, its TLS handshake included. */
  readonly connectMs: number;
}
