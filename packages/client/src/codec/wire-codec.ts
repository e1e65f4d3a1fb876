/** A frame from the server, decoded: nothing in it has been checked but that it is a map. */
export interface Frame {
  readonly op?: unknown;
  readonly d?: unknown;
  readonly t?: unknown;
  readonly ts?: unknown;
  /** Which one it is of those of a session that can be resumed. */
  readonly seq?: unknown;
}

/** One encoding of frames, as a client needs it. */
export interface WireCodec {
  readonly encoding: "json" | "msgpack";
  /** @throws `client/invalid-value` for what cannot be sent: lost digits, functions, too deep a nesting */
  encode(frame: object): string | Uint8Array<ArrayBuffer>;
  /** `null` for what is no frame. */
  decode(data: string | Uint8Array): Frame | null;
}
