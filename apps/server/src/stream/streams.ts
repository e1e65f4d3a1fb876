import type { ErrorCode, Value } from "@singyeong/protocol";
import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import type { OwnStream, StreamSink } from "./sink.ts";

/** The capability by which clients call and are called. */
export const streamCap = "stream";

/** What an end sends: a message, or its end, or both. Parts are raw in `codec`, and borrowed from a frame. */
export interface StreamMessage {
  readonly codec: Codec;
  readonly payload: Raw | undefined;
  readonly headers: Raw | undefined;
  readonly end: boolean;
}

/** A call, as its caller opens it. */
export interface Call extends StreamMessage {
  /** Who it is for: a query, or by the number of a stream of the caller's the client at its other end. */
  readonly to: { readonly target: Raw } | { readonly via: number };
  readonly method: Raw;
  /** The name of the payloads' codec. */
  readonly payloadCodec: Raw | undefined;
  /** Messages that the callee may send. */
  readonly credit: number;
  /** 0 is none. */
  readonly deadlineMs: number;
  readonly waitMs: number;
  /** Told how it goes. @default nobody */
  readonly watch?: CallWatch | undefined;
}

/** Told how a call goes, by whoever looks on. */
export interface CallWatch {
  /** A client was handed it. */
  handed(callee: Client): void;
  /** Its stream is over, or never was: `null` where both sides ended it, else why not. Told once. */
  ended(code: string | null): void;
}

/** A call, whoever it is for. */
export type CallContent = Omit<Call, "to">;

/** A call of the server's own. */
export interface OwnCall {
  readonly method: string;
  /** Raw in the callee's codec. */
  readonly payload: Raw;
  /** Whether nothing follows. */
  readonly end: boolean;
  /** Messages that the callee may send. */
  readonly credit: number;
}

/** Why one end gives a stream up; parts are raw in `codec`. */
export interface Abortion {
  readonly codec: Codec;
  readonly code: Raw;
  readonly message: Raw;
  readonly data: Raw | undefined;
  readonly delivered: boolean;
}

/** Bounds that streams go by. */
export interface StreamLimits {
  readonly maxStreams: number;
  readonly maxStreamBytes: number;
  readonly maxWaitingCalls: number;
}

/** Calls between the clients of this server, and the streams that they open. What goes wrong is told by `ABORT` frames. */
export interface Streams {
  /** Opens a stream; false where the caller has an open one of that id. */
  open(caller: Client, id: number, call: Call): boolean;
  /**
   * Opens a stream of the server's own to a client; `null` where that client takes no calls now, and nothing was sent. `sink` is never called before this has returned.
   */
  openTo(callee: Client, call: OwnCall, sink: StreamSink): OwnStream | null;
  /** Tells a caller that its call cannot be; false where it has an open stream of that id. */
  refuse(caller: Client, id: number, code: ErrorCode, data: Value): boolean;
  /** Passes on what an end sends, in a frame of `size` bytes. A stream that is not open is none, here and below. */
  send(sender: Client, id: number, message: StreamMessage, size: number): void;
  /** An end may be sent `n` more messages. */
  credit(receiver: Client, id: number, n: number): void;
  abort(sender: Client, id: number, abortion: Abortion): void;
  /** A client can say nothing more. */
  release(client: Client): void;
}
