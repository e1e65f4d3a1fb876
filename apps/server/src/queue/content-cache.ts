import type { Content } from "./content.ts";

/**
 * Contents that need not be read back: those of messages that were pushed just now. It takes what fits and leaves the
 * rest to the store, because in a long queue the first ones in are the first to be wanted.
 */
export interface ContentCache {
  /** Keeps a content of about so many bytes, if there is room. */
  add(seq: number, content: Content, bytes: number): void;
  /** A content, which is then no longer kept. */
  take(seq: number): Content | undefined;
  drop(seq: number): void;
}

export function createContentCache(maxBytes: number): ContentCache {
  const kept = new Map<number, { readonly content: Content; readonly bytes: number }>();
  let total = 0;

  function take(seq: number): Content | undefined {
    const entry = kept.get(seq);
    if (entry === undefined) return undefined;
    kept.delete(seq);
    total -= entry.bytes;
    return entry.content;
  }

  return {
    take,
    add(seq, content, bytes) {
      if (total + bytes > maxBytes) return;
      kept.set(seq, { content, bytes });
      total += bytes;
    },
    drop: (seq) => void take(seq),
  };
}
