/** Chance that repeats itself for the same seed (mulberry32). */
export interface Chance {
  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number;
  pick<T>(choices: readonly T[]): T;
  bytes(size: number): Buffer;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    pick: (choices) => choices[below(choices.length)]!,
    bytes: (size) => Buffer.from(Array.from({ length: size }, () => below(256))),
  };
}
