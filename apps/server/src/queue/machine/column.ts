type TypedArray = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** One field of many records. */
export interface Column {
  get(slot: number): number;
  set(slot: number, value: number): void;
}

/** Slots per chunk: growing never copies, and an allocation stays below a millisecond. */
const chunkBits = 14;
const chunkSize = 2 ** chunkBits;
const offsetMask = chunkSize - 1;

/** A column that grows with the slots that are set, chunk by chunk; what was never set in a chunk reads 0. */
export function createColumn(Kind: new (length: number) => TypedArray): Column {
  const chunks: TypedArray[] = [];
  return {
    get: (slot) => chunks[slot >> chunkBits]![slot & offsetMask]!,
    set(slot, value) {
      const index = slot >> chunkBits;
      if (index === chunks.length) chunks.push(new Kind(chunkSize));
      chunks[index]![slot & offsetMask] = value;
    },
  };
}
