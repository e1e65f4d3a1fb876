import type { Environment, Space } from "./environment.ts";

/** What a commit may take of the disk, in pages, at worst. */
export interface Demand {
  /** Pages of what is new. */
  readonly added: number;
  /** Pages that have to lie side by side, as those of values of more than half a page do. */
  readonly inRuns: number;
  /** Pages that are changed, each of which is copied. */
  readonly copied: number;
  readonly appends: boolean;
}

/**
 * Sees to it that the data file stays within its share of the disk. LMDB knows no bound itself; a file that has grown
 * never shrinks, but what is free in it is used again. A commit copies the pages that it changes, and those
 * it copied from are free only two commits later: so a part is kept for commits that remove, and appends
 * are refused before that.
 */
export interface DiskShare {
  /** Whether a commit fits. */
  admits(demand: Demand): boolean;
  /** How long the file may become by a commit, and how long it should be so that removals have room thereafter. */
  lengthFor(demand: Demand): { readonly leastBytes: number; readonly amplyBytes: number };
  /** Whether a commit fits into what is free in the file. */
  fitsInside(demand: Demand): boolean;
  /** A commit has ended, well or not. */
  committed(demand: Demand): void;
  /** Free pages cannot be used again for a while, because a backup reads what was in them. */
  pin(): void;
  unpin(): void;
  usedBytes(): number;
  /** The data file was opened anew; `null` while it is closed. */
  measureIn(environment: Environment | null): void;
}

/** Kept for commits that remove: enough for two of 2,000 changes, each on pages of its own. */
const reservedPages = 8192;
/** The ways down the trees, and the lists of free pages. */
const everyCommitPages = 24;

export function createDiskShare(maxBytes: number, first: Environment): DiskShare {
  let environment: Environment | null = first;
  const { pageBytes } = first;
  const maxPages = Math.floor(maxBytes / pageBytes);
  const appendPages = maxPages - Math.min(reservedPages, Math.floor((maxPages * 2) / 3));
  let space: Space = first.space();
  /** What commits since `space` was measured may have taken. */
  let spentPages = 0;
  /** What was freed by the last two commits at most, and is not there to be used yet. */
  let fresh: readonly [number, number] = [0, 0];
  let pins = 0;
  /** Values of several pages made the file grow beyond its bound, for want of free pages side by side. */
  let scattered = false;

  function measure(): Space {
    if (spentPages > 0 && environment !== null) {
      space = environment.space();
      spentPages = 0;
    }
    return space;
  }

  /** No more can be copied than there is. */
  function pagesOf({ added, inRuns, copied }: Demand): number {
    return everyCommitPages + added + inRuns + Math.min(copied, space.usedPages + spentPages);
  }

  function reusablePages(): number {
    const { filePages, usedPages } = measure();
    return pins > 0 ? 0 : filePages - usedPages - fresh[0] - fresh[1];
  }

  return {
    lengthFor(demand) {
      const pages = pagesOf(demand);
      const sparePages = Math.min(reservedPages, 2 * (space.usedPages + spentPages + everyCommitPages));
      const bytes = (more: number): number =>
        Math.min(maxPages, space.filePages + spentPages + pages + more) * pageBytes;
      return { leastBytes: bytes(0), amplyBytes: bytes(sparePages) };
    },
    fitsInside: (demand) => demand.inRuns === 0 && reusablePages() >= pagesOf(demand),
    admits(demand) {
      const { inRuns, appends } = demand;
      const pages = pagesOf(demand);
      const fitsSurely = space.filePages + spentPages + pages <= maxPages;
      if (fitsSurely && (!appends || space.usedPages + spentPages + pages <= appendPages)) return true;
      const { filePages, usedPages } = measure();
      if (appends && usedPages + pages > appendPages) return false;
      if (filePages + pages <= maxPages) return true;
      const reusable = reusablePages();
      if (usedPages < maxPages / 4) scattered = false;
      if (inRuns > 0 && (scattered || reusable < inRuns * 2 + maxPages / 4)) return false;
      return reusable >= pages;
    },
    committed(demand) {
      const { inRuns } = demand;
      const pages = pagesOf(demand);
      spentPages += pages;
      fresh = [fresh[1], pages];
      if (inRuns > 0 && space.filePages + spentPages > maxPages && measure().filePages > maxPages) scattered = true;
    },
    pin: () => void pins++,
    unpin: () => void pins--,
    usedBytes: () => measure().usedPages * pageBytes,
    measureIn(anew) {
      environment = anew;
      if (anew === null) return;
      space = anew.space();
      spentPages = 0;
    },
  };
}
