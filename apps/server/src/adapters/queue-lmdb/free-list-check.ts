import { type Meta, readWhole } from "./data-page.ts";
import { Damage, type PageSet } from "./page-set.ts";
import type { Findings } from "./tree-walk.ts";

/**
 * Checks lists of free pages, each by the transaction that freed them: how many entries, and the entries. One is a
 * page, or minus the length of a run and then its first page, or 0 for nothing. No page may be free and in use.
 */
export function createFreeListCheck(
  pages: PageSet,
  { transaction }: Meta,
  breathe: () => Promise<void> | null,
): Findings {
  let key = Buffer.alloc(0);
  let slices: Buffer[] = [];

  function claimAll(list: Buffer): boolean {
    const entries = list.byteLength < 8 ? Number.NaN : readWhole(list, 0);
    if (!(entries >= 0 && (entries + 1) * 8 <= list.byteLength)) return false;
    for (let entry = 1; entry <= entries; entry++) {
      const number = readWhole(list, entry * 8);
      if (number > 0) pages.claim(number, 1);
      else if (number < 0) {
        if (++entry > entries) return false;
        pages.claim(readWhole(list, entry * 8), -number);
      } else if (number !== 0) return false;
    }
    return true;
  }

  return {
    breathe,
    order: (a, b) => (a.byteLength === 8 && b.byteLength === 8 ? readWhole(a, 0) - readWhole(b, 0) : Number.NaN),
    tree() {
      throw new Damage("it holds a tree where free pages should be");
    },
    begin(begun) {
      key = begun as Buffer<ArrayBuffer>;
      slices = [];
    },
    slice: (bytes) => void slices.push(Buffer.from(bytes)),
    end() {
      const freedBy = key.byteLength === 8 ? readWhole(key, 0) : Number.NaN;
      if (!(freedBy >= 1 && freedBy <= transaction) || !claimAll(Buffer.concat(slices)))
        throw new Damage("a list of free pages is not what was written");
    },
  };
}
