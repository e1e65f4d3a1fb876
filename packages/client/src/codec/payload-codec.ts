/** Turns payloads of calls into bytes and back; both ends name it alike. May throw for what it cannot read or write. */
export interface PayloadCodec {
  /** 1 to 64 characters. */
  readonly name: string;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}
