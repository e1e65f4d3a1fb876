/** Chance that comes from a seed. */
export interface Random {
  /** From 0 up to 1. */
  fraction(): number;
  /** A whole number, both bounds included. */
  between(least: number, greatest: number): number;
  /** True so often of 1. */
  chance(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/** The same seed gives the same chances (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (least: number, greatest: number): number => least + Math.floor(fraction() * (greatest - least + 1));
  return {
    fraction,
    between,
    chance: (share) => fraction() < share,
    pick: (choices) => choices[between(0, choices.length - 1)]!,
  };
}
