/**
 * Deliveries on their way to the store, which are in no hurry: most messages are acknowledged soon, and what is stored
 * of their delivery would be removed again with them.
 */
export interface Linger {
  add(seq: number, slot: number): void;
  /** The message has gone, or something else about it is stored. */
  drop(seq: number): void;
  /** Stores all of them now. */
  flush(): void;
}

/** `store` is told of those that have lingered for one to two rounds; `later` calls back after a round. */
export function createLinger(store: (seq: number, slot: number) => void, later: (run: () => void) => void): Linger {
  let young = new Map<number, number>();
  let old = new Map<number, number>();
  let waiting = false;

  function nextRound(): void {
    if (waiting || (young.size === 0 && old.size === 0)) return;
    waiting = true;
    later(() => {
      waiting = false;
      for (const [seq, slot] of old) store(seq, slot);
      old = young;
      young = new Map();
      nextRound();
    });
  }

  return {
    add(seq, slot) {
      if (!old.has(seq)) young.set(seq, slot);
      nextRound();
    },
    drop(seq) {
      if (!young.delete(seq)) old.delete(seq);
    },
    flush() {
      for (const deliveries of [old, young]) {
        for (const [seq, slot] of deliveries) store(seq, slot);
        deliveries.clear();
      }
    },
  };
}
