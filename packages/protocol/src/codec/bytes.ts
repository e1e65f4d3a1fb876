import type { Raw } from "./codec.ts";

/** What the decoders of the two binary codecs share. */

const scratch = new DataView(new ArrayBuffer(8));

/** Where a decoder stands. `exact` keeps floats without fraction apart. */
export interface Cursor {
  readonly bytes: Uint8Array;
  readonly exact: boolean;
  at: number;
}

/** A copy that outlives the frame. (`slice` would not do: that of a Node `Buffer` shares its memory.) */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function readF64(bytes: Uint8Array, at: number): number {
  scratch.setUint32(0, readU32(bytes, at));
  scratch.setUint32(4, readU32(bytes, at + 4));
  return scratch.getFloat64(0);
}

/** Raw values of a binary codec are bytes; text here is a mistake of ours. */
export function expectBytes(raw: Raw): Uint8Array {
  if (typeof raw === "string") throw new TypeError("expected a raw value of a binary codec, got text");
  return raw;
}
