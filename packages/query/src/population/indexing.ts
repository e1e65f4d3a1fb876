import type { LookupKind } from "../compile/lookup.ts";
import { createContainsIndex, elementKeys } from "../index/contains-index.ts";
import { createHashIndex } from "../index/hash-index.ts";
import { createOrderedIndex } from "../index/ordered-index.ts";
import { buildSortedChunks } from "../index/sorted-chunks.ts";
import type { Path } from "../path/path.ts";
import { resolvePath } from "../path/resolve.ts";
import { BUILD_COST, closeEntry, createLedger, type IndexEntry, type Ledger } from "./ledger.ts";
import type { Population } from "./population.ts";

/** Most indexes of one population, and most paths it keeps account of; both bound what odd queries can cost. */
const MAX_INDEXES = 32;
const MAX_LEDGERS = 256;

/** How many members a guess about a population looks at. */
export const SAMPLE_SIZE = 16;

/** Every so many queries, a population looks for indexes that nobody uses any more. */
const SWEEP_INTERVAL = 1024;

/** The index of this kind on this path, if there is one. */
export function findEntry(population: Population, kind: LookupKind, path: Path): IndexEntry | null {
  return population.ledgers.get(ledgerName(kind, path))?.entry ?? null;
}

/** Pays `amount` spared verifications towards an index, and builds it once that covers the cost. */
export function payForIndex(population: Population, kind: LookupKind, path: Path, amount: number): void {
  const { state, members, entries } = population;
  const ledger = openLedger(population, kind, path);
  if (ledger.entry !== null) return;
  ledger.credit += amount;
  let price = BUILD_COST[kind] * members.length * ledger.patience;
  if (ledger.credit < price || members.length < state.minIndexedMembers || entries.length >= MAX_INDEXES) return;
  if (kind === "contains") price *= 1 + averageElements(population, path);
  if (ledger.credit >= price) buildIndex(population, ledger);
}

/** Pays towards the hash ring, and builds it once that covers the cost. */
export function payForRing(population: Population, amount: number): void {
  const { members, state } = population;
  population.ringCredit += amount;
  if (population.ringCredit < BUILD_COST.ordered * members.length || members.length < state.minIndexedMembers) return;
  const slots = members.map((_, slot) => slot);
  population.ring = buildSortedChunks(slots, (slot) => members[slot]!.membership!.point);
  population.ringUsedAt = population.queries;
  state.built.ring++;
}

/** Counts a query, and now and then drops the indexes and the ring that went unused for long. */
export function countQuery(population: Population): void {
  population.queries++;
  if (population.queries % SWEEP_INTERVAL !== 0) return;
  const idleSince = population.queries - population.state.unusedQueries;
  for (const entry of population.entries.slice()) if (entry.usedAt < idleSince) dropIndex(population, entry);
  if (population.ring === null || population.ringUsedAt >= idleSince) return;
  population.ring = null;
  population.ringCredit = 0;
  population.state.dropped.ring++;
}

/** Drops an index. */
export function dropIndex(population: Population, entry: IndexEntry): void {
  const { state, entries, entriesByKey } = population;
  const { key } = entry.index.path;
  entries.splice(entries.indexOf(entry), 1);
  const rest = entriesByKey.get(key)!.filter((other) => other !== entry);
  if (rest.length > 0) entriesByKey.set(key, rest);
  else {
    entriesByKey.delete(key);
    const others = state.indexedKeys.get(key)! - 1;
    if (others > 0) state.indexedKeys.set(key, others);
    else state.indexedKeys.delete(key);
  }
  closeEntry(entry.ledger);
  population.generation = ++state.generation;
  state.dropped[entry.index.kind]++;
}

function buildIndex(population: Population, ledger: Ledger): void {
  const { state, members, entries, entriesByKey } = population;
  const { kind, path } = ledger;
  const index =
    kind === "ordered"
      ? createOrderedIndex(path, members)
      : kind === "hash"
        ? createHashIndex(path)
        : createContainsIndex(path);
  if (kind !== "ordered") for (let slot = 0; slot < members.length; slot++) index.set(slot, members[slot]!);
  const entry: IndexEntry = { index, ledger, gain: 0, cost: 0, usedAt: population.queries };
  ledger.entry = entry;
  ledger.credit = 0;
  entries.push(entry);
  const siblings = entriesByKey.get(path.key);
  if (siblings === undefined) state.indexedKeys.set(path.key, (state.indexedKeys.get(path.key) ?? 0) + 1);
  entriesByKey.set(path.key, siblings === undefined ? [entry] : [...siblings, entry]);
  population.generation = ++state.generation;
  state.built[kind]++;
}

function openLedger(population: Population, kind: LookupKind, path: Path): Ledger {
  const { ledgers } = population;
  const name = ledgerName(kind, path);
  const known = ledgers.get(name);
  if (known !== undefined) return known;
  if (ledgers.size >= MAX_LEDGERS) evictLedger(ledgers);
  const ledger = createLedger(kind, path);
  ledgers.set(name, ledger);
  return ledger;
}

function evictLedger(ledgers: Map<string, Ledger>): void {
  for (const [name, ledger] of ledgers) {
    if (ledger.entry !== null) continue;
    ledgers.delete(name);
    return;
  }
}

function averageElements(population: Population, path: Path): number {
  const { members } = population;
  let elements = 0;
  for (let i = 0; i < SAMPLE_SIZE; i++) {
    const member = members[Math.floor((i * members.length) / SAMPLE_SIZE)]!;
    elements += elementKeys(resolvePath(path, member)).length;
  }
  return elements / SAMPLE_SIZE;
}

function ledgerName(kind: LookupKind, path: Path): string {
  return `${kind}${path.text}`;
}
