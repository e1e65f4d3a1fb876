/**
 * Bodies that need not be read back: those of messages that were pushed just now, or read with others. It takes what fits and leaves the
 * rest to the store, because in a long queue the first ones in are the first to be wanted.
 */
export interface BodyCache {
  add(seq: number, body: Uint8Array): void;
  /** A body, which is then no longer kept. */
  take(seq: number): Uint8Array | undefined;
  drop(seq: number): void;
  has(seq: number): boolean;
}

/** What keeping a body takes beside its bytes, about. */
const overheadBytes = 200;

/** `maxBytes` bounds what all of it takes in memory. */
export function createBodyCache(maxBytes: number): BodyCache {
  const bodies = new Map<number, Uint8Array>();
  let bytes = 0;

  function take(seq: number): Uint8Array | undefined {
    const body = bodies.get(seq);
    if (body === undefined) return undefined;
    bodies.delete(seq);
    bytes -= body.byteLength + overheadBytes;
    return body;
  }

  return {
    take,
    add(seq, body) {
      if (bodies.has(seq) || bytes + body.byteLength + overheadBytes > maxBytes) return;
      bodies.set(seq, body);
      bytes += body.byteLength + overheadBytes;
    },
    drop: (seq) => void take(seq),
    has: (seq) => bodies.has(seq),
  };
}
