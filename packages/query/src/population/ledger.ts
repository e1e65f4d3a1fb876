import type { LookupKind } from "../compile/lookup.ts";
import type { ContainsIndex } from "../index/contains-index.ts";
import type { HashIndex } from "../index/hash-index.ts";
import type { OrderedIndex } from "../index/ordered-index.ts";
import type { Path } from "../path/path.ts";

/*
 * When an index is worth having, in one currency: the cost of verifying one member against one query (some 50 ns).
 * Queries that had to verify members an index would have spared pay into a ledger per (kind, path); when the credit
 * covers the build, the index is built. From then on its queries earn and its updates cost. All counts, no clock.
 */

/** What building costs per member, per kind (measured, rounded up). */
export const BUILD_COST: { readonly [kind in LookupKind]: number } = { hash: 2, contains: 2, ordered: 4 };

/** What changing one entry costs, per kind (measured, rounded up). */
export const UPDATE_COST: { readonly [kind in LookupKind]: number } = { hash: 2, contains: 2, ordered: 6 };

/** An index is judged each time its updates cost this many times the population, plus {@link JUDGE_FLOOR}. */
const JUDGE_FACTOR = 4;
const JUDGE_FLOOR = 1024;

/** After an index did not pay, the next build must be paid for this many times over at most. */
const MAX_PATIENCE = 64;

/** An index and what it earned and cost since it was last judged. */
export interface IndexEntry {
  readonly index: HashIndex | ContainsIndex | OrderedIndex;
  readonly ledger: Ledger;
  gain: number;
  cost: number;
  /** The population's query count when a query last used it. */
  usedAt: number;
}

/** The account of one (kind, path) in one population. */
export interface Ledger {
  readonly kind: LookupKind;
  readonly path: Path;
  credit: number;
  /** How many times over a build must be paid for; doubles with each index that did not pay. */
  patience: number;
  entry: IndexEntry | null;
}

/** Opens an account. */
export function createLedger(kind: LookupKind, path: Path): Ledger {
  return { kind, path, credit: 0, patience: 1, entry: null };
}

/** Judges an index if it is time: `false` when its updates cost more than its queries gained. */
export function isWorthKeeping(entry: IndexEntry, memberCount: number): boolean {
  if (entry.cost < JUDGE_FACTOR * memberCount + JUDGE_FLOOR) return true;
  if (entry.gain < entry.cost) return false;
  entry.gain = 0;
  entry.cost = 0;
  entry.ledger.patience = Math.max(1, entry.ledger.patience / 2);
  return true;
}

/** Closes the account of an index that is being dropped. */
export function closeEntry(ledger: Ledger): void {
  ledger.entry = null;
  ledger.credit = 0;
  ledger.patience = Math.min(MAX_PATIENCE, ledger.patience * 2);
}
