/**
 * What the test client writes and reads frames with. None of it is the project's own code: a server must not be held
 * to its protocol by its own idea of it.
 */
export interface WireCodec {
  readonly encoding: Encoding;
  /** True where frames travel in binary WebSocket frames. */
  readonly isBinary: boolean;
  encode(value: unknown): string | Buffer;
  /** Integers beyond 2^53 come out as `bigint` where the library can tell. */
  decode(data: Buffer): unknown;
}

export type Encoding = "json" | "msgpack" | "etf";
