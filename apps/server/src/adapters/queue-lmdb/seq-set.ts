/** A set of seqs that takes a few bits for each, as those that are in it at a time lie close together. */
export interface SeqSet {
  add(seq: number): void;
  /** Takes it out, and says whether it was in. */
  delete(seq: number): boolean;
}

/** Seqs of one chunk: 4,096. */
const chunkBits = 12;
const chunkSize = 1 << chunkBits;

interface Chunk {
  readonly words: Uint32Array;
  count: number;
}

export function createSeqSet(): SeqSet {
  const chunks = new Map<number, Chunk>();

  return {
    add(seq) {
      const key = Math.floor(seq / chunkSize);
      let chunk = chunks.get(key);
      if (chunk === undefined) {
        chunk = { words: new Uint32Array(chunkSize >> 5), count: 0 };
        chunks.set(key, chunk);
      }
      const at = seq % chunkSize;
      const bit = 1 << (at & 31);
      if ((chunk.words[at >> 5]! & bit) !== 0) return;
      chunk.words[at >> 5]! |= bit;
      chunk.count++;
    },
    delete(seq) {
      const key = Math.floor(seq / chunkSize);
      const chunk = chunks.get(key);
      const at = seq % chunkSize;
      const bit = 1 << (at & 31);
      if (chunk === undefined || (chunk.words[at >> 5]! & bit) === 0) return false;
      chunk.words[at >> 5]! &= ~bit;
      if (--chunk.count === 0) chunks.delete(key);
      return true;
    },
  };
}
