import { insertEntry, removeEntry, type SortedChunks } from "../index/sorted-chunks.ts";
import type { Member, Membership } from "../member/member.ts";
import { dropIndex } from "./indexing.ts";
import { type IndexEntry, isWorthKeeping, type Ledger, UPDATE_COST } from "./ledger.ts";

/** Settings and counts that all populations of one engine share. */
export interface EngineState {
  readonly minIndexedMembers: number;
  readonly unusedQueries: number;
  readonly built: { hash: number; ordered: number; contains: number; ring: number };
  readonly dropped: { hash: number; ordered: number; contains: number; ring: number };
  /** How many populations index each first path segment; lets updates that touch no index end at once. */
  readonly indexedKeys: Map<string, number>;
  generation: number;
}

/** A set of members that queries start from: the world, one application, or one tag; with its own indexes. */
export interface Population {
  readonly state: EngineState;
  /** Dense; a member's place is its slot. */
  readonly members: Member[];
  /** Changes whenever plans must be made anew; −1 once the population is closed. */
  generation: number;
  readonly entries: IndexEntry[];
  /** The entries by the first segment of their path. */
  readonly entriesByKey: Map<string, IndexEntry[]>;
  readonly ledgers: Map<string, Ledger>;
  /** Queries answered so far. */
  queries: number;
  /** Members by their place on the hash ring, while keyed queries need it. */
  ring: SortedChunks | null;
  ringCredit: number;
  ringUsedAt: number;
}

/** Makes an empty population. */
export function createPopulation(state: EngineState): Population {
  return {
    state,
    members: [],
    generation: ++state.generation,
    entries: [],
    entriesByKey: new Map(),
    ledgers: new Map(),
    queries: 0,
    ring: null,
    ringCredit: 0,
    ringUsedAt: 0,
  };
}

/** Lets a member in; O(1) and one entry per index. */
export function admit(population: Population, member: Member, membership: Membership): void {
  const slot = population.members.length;
  population.members.push(member);
  membership.populations.push(population);
  membership.slots.push(slot);
  if (population.ring !== null) insertEntry(population.ring, membership.point, slot);
  for (let i = population.entries.length - 1; i >= 0; i--) refile(population, population.entries[i]!, slot, member);
}

/** Takes a member out; the last member moves to its slot. */
export function dismiss(population: Population, slot: number): void {
  const { members, entries, ring } = population;
  const member = members[slot]!;
  const last = members.length - 1;
  const mover = members[last]!;
  for (const entry of entries) {
    entry.index.remove(slot);
    entry.cost += UPDATE_COST[entry.index.kind];
    if (slot !== last) entry.index.move(last, slot);
  }
  if (ring !== null) {
    removeEntry(ring, member.membership!.point, slot);
    if (slot !== last) {
      removeEntry(ring, mover.membership!.point, last);
      insertEntry(ring, mover.membership!.point, slot);
    }
  }
  members.pop();
  if (slot === last) return;
  members[slot] = mover;
  const { populations, slots } = mover.membership!;
  slots[populations.indexOf(population)] = slot;
}

/** Closes a population that has become empty: plans that know it find it stale. */
export function closePopulation(population: Population): void {
  for (const entry of population.entries.slice()) dropIndex(population, entry);
  population.generation = -1;
}

/** Files a member's new state in one index, and drops the index when it costs more than it gains. */
export function refile(population: Population, entry: IndexEntry, slot: number, member: Member): void {
  const changes = entry.index.set(slot, member);
  if (changes === 0) return;
  entry.cost += changes * UPDATE_COST[entry.index.kind];
  if (!isWorthKeeping(entry, population.members.length)) dropIndex(population, entry);
}
