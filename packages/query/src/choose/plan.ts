import { TRUE } from "../compile/kleene.ts";
import { type Conjunct, intersectRanges, type Lookup } from "../compile/lookup.ts";
import type { OrderedIndex } from "../index/ordered-index.ts";
import { hasTags, type Member } from "../member/member.ts";
import type { Query } from "../parse/query.ts";
import { countQuery, findEntry, payForIndex, SAMPLE_SIZE } from "../population/indexing.ts";
import type { IndexEntry } from "../population/ledger.ts";
import type { Population } from "../population/population.ts";
import { createSource, fillSource, type Source } from "./source.ts";

/** Narrows candidates further, as if the others did not exist. */
export type Eligible<M extends Member = Member> = (member: M) => boolean;

/** One index that can answer part of a query. */
interface PlanStep {
  readonly lookup: Lookup;
  readonly entry: IndexEntry;
  /** The conjunct that the index answers wholly, so that it need not be verified; −1 for none. */
  readonly skip: number;
  readonly source: Source;
}

/** How a query is answered in one population, good for as long as `generation` is the population's. */
export interface Plan {
  readonly population: Population;
  readonly generation: number;
  /**
   * Hash and contains indexes first, for asking those is cheapest; but the step that once left next to nobody leads,
   * for it most likely does so again.
   */
  readonly steps: PlanStep[];
  /** The ordered index on the selector's path. */
  readonly selection: IndexEntry | null;
  /** Conjuncts that an index could answer, if there were one. */
  readonly unindexed: readonly Conjunct[];
  readonly everyone: Source;
  /** Members verified in vain and not yet paid towards an index. */
  waste: number;
  /** Set by {@link chooseSource}: what it took, and the conjunct that is certain thereby. */
  source: Source;
  step: PlanStep | null;
}

/** Below this many candidates it is not worth asking an ordered index for fewer. */
const FEW = 16;
/** Below this many it is not worth asking any other index. */
const NEXT_TO_NOBODY = 4;

/** Waste is paid towards indexes in amounts of at least this, for sampling costs something too. */
const PAYMENT = 128;

/** Most conjuncts whose worth is sampled at once. */
const MAX_SAMPLED = 8;

/** Plans a query for a population with the indexes it has now. */
export function createPlan(query: Query, population: Population): Plan {
  const steps: PlanStep[] = [];
  const unindexed: Conjunct[] = [];
  const ordered = new Map<IndexEntry, Lookup>();
  query.conjuncts.forEach((conjunct, i) => {
    const { lookup } = conjunct;
    if (lookup === null) return;
    const entry = findEntry(population, lookup.kind, lookup.path);
    if (entry === null) unindexed.push(conjunct);
    else if (lookup.kind !== "ordered") steps.push({ lookup, entry, skip: i, source: createSource(0) });
    else ordered.set(entry, joinRanges(ordered.get(entry), lookup));
  });
  for (const [entry, lookup] of ordered) steps.push({ lookup, entry, skip: -1, source: createSource(0) });
  const everyone = createSource(0);
  const selects = query.selector !== null && query.selector.op !== "$avg";
  return {
    population,
    generation: population.generation,
    steps,
    selection: selects ? findEntry(population, "ordered", query.selector.path) : null,
    unindexed,
    everyone,
    waste: 0,
    source: everyone,
    step: null,
  };
}

/** Finds what to start from: the smallest that any index offers, else everyone. Leaves it in `plan.source`. */
export function chooseSource(plan: Plan): Source {
  const { population, steps, everyone } = plan;
  countQuery(population);
  let size = population.members.length;
  everyone.size = size;
  plan.source = everyone;
  plan.step = null;
  for (let i = 0; i < steps.length && size > NEXT_TO_NOBODY; i++) {
    const step = steps[i]!;
    if (step.lookup.kind === "ordered" && size <= FEW) break;
    if (fillSource(step.source, step.entry.index, step.lookup) >= size) continue;
    size = step.source.size;
    plan.source = step.source;
    plan.step = step;
    if (i > 0 && size <= NEXT_TO_NOBODY) lead(steps, i);
  }
  return plan.source;
}

/** Has a step asked first from now on. */
function lead(steps: PlanStep[], i: number): void {
  const step = steps[i]!;
  for (let at = i; at > 0; at--) steps[at] = steps[at - 1]!;
  steps[0] = step;
}

/** Whether a member holds: restricted mode, tags, eligibility and every op but the one at `skip`. */
export function isCandidate(query: Query, member: Member, skip: number, eligible: Eligible | undefined): boolean {
  if (member.restricted && !query.restricted) return false;
  const { tests } = query;
  for (let i = 0; i < tests.length; i++) if (i !== skip && tests[i]!(member) !== TRUE) return false;
  if (query.tags.length > 1 && !hasTags(member, query.tags)) return false;
  return eligible === undefined || eligible(member);
}

/**
 * Books what a query cost: the index it started from gained, and what it verified in vain is paid towards the
 * indexes that would have spared it. `spared` estimates how many verifications the start saved.
 */
export function settle(plan: Plan, work: number, found: number, spared: number): void {
  if (plan.step !== null) {
    plan.step.entry.gain += spared;
    plan.step.entry.usedAt = plan.population.queries;
  }
  if (work - found <= 1) return;
  plan.waste += work - found;
  if (plan.waste < PAYMENT) return;
  const waste = plan.waste;
  plan.waste = 0;
  if (plan.unindexed.length > 0) payForBest(plan, waste);
}

/** Pays towards the index that would have left the fewest members to verify, by a look at a few of them. */
function payForBest(plan: Plan, waste: number): void {
  const { population, unindexed } = plan;
  const { members } = population;
  const candidates = unindexed.length > MAX_SAMPLED ? unindexed.slice(0, MAX_SAMPLED) : unindexed;
  let best: Conjunct[] = [];
  let fewest = SAMPLE_SIZE;
  const offset = (population.queries * 7) % members.length;
  for (const conjunct of candidates) {
    let passed = 0;
    for (let i = 0; i < SAMPLE_SIZE; i++) {
      const member = members[(offset + Math.floor((i * members.length) / SAMPLE_SIZE)) % members.length]!;
      if (conjunct.node.test(member) === TRUE) passed++;
    }
    if (passed > fewest || passed === SAMPLE_SIZE) continue;
    if (passed < fewest) best = [];
    fewest = passed;
    best.push(conjunct);
  }
  const spared = waste * (1 - fewest / SAMPLE_SIZE);
  for (const { lookup } of best) payForIndex(population, lookup!.kind, lookup!.path, spared);
}

/** The sequences of the selector's index. */
export function selectionOf(plan: Plan): OrderedIndex | null {
  return plan.selection === null ? null : (plan.selection.index as OrderedIndex);
}

function joinRanges(known: Lookup | undefined, lookup: Lookup & { readonly kind: "ordered" }): Lookup {
  if (known === undefined || known.kind !== "ordered") return lookup;
  return { kind: "ordered", path: lookup.path, ranges: intersectRanges(known.ranges, lookup.ranges) };
}
