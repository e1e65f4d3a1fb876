/** Keeps account of numbered messages: each has to come exactly once. */
export interface Ledger {
  /** How many were numbered so far. */
  readonly pushed: number;
  /** Hands out the next `count` numbers; returns the first. */
  number(count: number): number;
  /** A message came. @throws where it was never pushed, or came before */
  deliver(number: number): void;
  /** The lowest number that has not come. */
  oldest(): number;
}

export function createLedger(): Ledger {
  let came = new Uint8Array(1 << 16);
  let pushed = 0;
  let oldest = 0;
  return {
    get pushed() {
      return pushed;
    },
    number(count) {
      const first = pushed;
      pushed += count;
      while (came.length < pushed) {
        const larger = new Uint8Array(came.length * 2);
        larger.set(came);
        came = larger;
      }
      return first;
    },
    deliver(number) {
      if (!(number < pushed)) throw new Error(`message ${number} came, of which there is none`);
      if (came[number] === 1) throw new Error(`message ${number} came twice`);
      came[number] = 1;
    },
    oldest() {
      while (came[oldest] === 1) oldest++;
      return oldest;
    },
  };
}
