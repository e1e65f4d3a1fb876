/** Gathers bytes that come in pieces, up to a bound. */
export interface ByteCollector {
  /** Copies a piece; `false` where it would go past the bound, and what was gathered is dropped. */
  add(piece: Uint8Array): boolean;
  /** What was gathered. */
  bytes(): Uint8Array;
}

/** Makes a collector. Its one buffer grows by doubling, so pieces of a byte each cost no more than the bytes. */
export function createByteCollector(maxBytes: number): ByteCollector {
  let buffer = new Uint8Array(0);
  let size = 0;
  return {
    add(piece) {
      const needed = size + piece.byteLength;
      if (needed > maxBytes) {
        buffer = new Uint8Array(0);
        size = 0;
        return false;
      }
      if (needed > buffer.byteLength) {
        const grown = new Uint8Array(Math.max(needed, Math.min(buffer.byteLength * 2, maxBytes)));
        grown.set(buffer.subarray(0, size));
        buffer = grown;
      }
      buffer.set(piece, size);
      size = needed;
      return true;
    },
    bytes: () => buffer.subarray(0, size),
  };
}
