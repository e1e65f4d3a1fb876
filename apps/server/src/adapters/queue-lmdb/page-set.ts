/** Says what is wrong with a data file. */
export class Damage extends Error {
  override readonly name = "Damage";
}

/** Pages that something refers to: nothing else may. */
export interface PageSet {
  /** @throws Damage where one lies beyond the end, or is in the set already */
  claim(page: number, count: number): void;
}

export function createPageSet(lastPage: number): PageSet {
  const bits = new Uint8Array((lastPage >> 3) + 1);
  return {
    claim(page, count) {
      if (!(page >= 2) || !(count >= 1) || page + count - 1 > lastPage) throw new Damage(`there is no page ${page}`);
      for (let at = page; at < page + count; at++) {
        const bit = 1 << (at & 7);
        if ((bits[at >> 3]! & bit) !== 0) throw new Damage(`page ${at} is used twice`);
        bits[at >> 3]! |= bit;
      }
    },
  };
}
