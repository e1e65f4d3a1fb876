import { type Meta, readWhole } from "./data-page.ts";
import type { PageSet } from "./tree-walk.ts";

export interface FreeList {
  /** Takes a list of pages that a transaction freed; false where it is none. @throws Damage where a page is in use */
  add(list: Buffer, transaction: number): boolean;
}

/**
 * Lists of free pages: how many entries, and the entries. One is a page, or minus the length of a run and then
 * its first page, or 0 for nothing.
 */
export function createFreeList(pages: PageSet, { transaction: last }: Meta): FreeList {
  return {
    add(list, transaction) {
      const entries = list.byteLength < 8 ? Number.NaN : readWhole(list, 0);
      if (!(transaction >= 1 && transaction <= last && entries >= 0 && (entries + 1) * 8 <= list.byteLength))
        return false;
      for (let entry = 1; entry <= entries; entry++) {
        const number = readWhole(list, entry * 8);
        if (number > 0) pages.claim(number, 1);
        else if (number < 0) {
          if (++entry > entries) return false;
          pages.claim(readWhole(list, entry * 8), -number);
        } else if (number !== 0) return false;
      }
      return true;
    },
  };
}
