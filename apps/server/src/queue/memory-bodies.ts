import type { QueueStore } from "../ports/queue-store.ts";

/** Bodies of messages that are in memory alone, kept until their messages go. */
export interface MemoryBodies extends Pick<QueueStore, "read"> {
  add(seq: number, body: Uint8Array): void;
  get(seq: number): Uint8Array | undefined;
  drop(seq: number): void;
  /** What they take, about; bodies that several messages share count for each. */
  readonly bytes: number;
}

/** What keeping a message in memory takes beside the bytes of its body, about. */
export const volatileBytes = 300;

/** `read` asks the store for what is not here. */
export function createMemoryBodies(store: Pick<QueueStore, "read">): MemoryBodies {
  const bodies = new Map<number, Uint8Array>();
  let bytes = 0;
  return {
    add(seq, body) {
      bodies.set(seq, body);
      bytes += body.byteLength + volatileBytes;
    },
    get: (seq) => bodies.get(seq),
    drop(seq) {
      const body = bodies.get(seq);
      if (body === undefined) return;
      bodies.delete(seq);
      bytes -= body.byteLength + volatileBytes;
    },
    async read(seqs) {
      const elsewhere = seqs.filter((seq) => !bodies.has(seq));
      if (elsewhere.length === seqs.length) return store.read(seqs);
      const found = seqs.map((seq) => bodies.get(seq) ?? null);
      if (elsewhere.length === 0) return found;
      const stored = await store.read(elsewhere);
      const read = new Map(elsewhere.map((seq, i) => [seq, stored[i]!]));
      return seqs.map((seq, i) => found[i] ?? read.get(seq) ?? null);
    },
    get bytes() {
      return bytes;
    },
  };
}
