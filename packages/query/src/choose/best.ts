import { type OrderKind, STRING_KIND } from "../compile/lookup.ts";
import type { OrderedIndex } from "../index/ordered-index.ts";
import { AFTER_ALL, BEFORE_ALL, estimateBetween, type SortedChunks, seekPlace } from "../index/sorted-chunks.ts";
import type { Query } from "../parse/query.ts";
import { type Eligible, isCandidate, type Plan, selectionOf, settle } from "./plan.ts";
import { createSource, type Source } from "./source.ts";

/** Below this many candidates, listing them all is cheaper than walking. */
const FEW = 32;

/** A walk gives up after this share of the candidates that listing would look at. */
const WALK_SHARE = 4;

/** How far a walk may still go, in members. */
interface Budget {
  left: number;
}

/**
 * Finds what `$min` or `$max` keeps by walking the ordered index from its end to the first member that holds: all
 * that hold among those with the same value are the best. Answers these as a source still to be verified, an empty
 * one where nobody holds, and `null` where there is no such index or listing everyone is cheaper.
 */
export function findBest(plan: Plan, query: Query, source: Source, eligible: Eligible | undefined): Source | null {
  const index = selectionOf(plan);
  if (index === null || source.size <= FEW) return null;
  const budget: Budget = { left: Math.ceil(source.size / WALK_SHARE) };
  const lowest = query.selector!.op === "$min";
  const best = walkKinds(plan, query, index, lowest, budget, eligible);
  if (best === undefined) return null;
  plan.step = null;
  const entry = plan.selection!;
  entry.gain += source.size;
  entry.usedAt = plan.population.queries;
  return best;
}

/** What a selector that listed `work` members for `found` matches would have been spared by a walk. */
export function sparedByWalk(work: number, found: number): number {
  return found === 0 || work <= FEW ? 0 : work - work / found;
}

function walkKinds(
  plan: Plan,
  query: Query,
  index: OrderedIndex,
  lowest: boolean,
  budget: Budget,
  eligible: Eligible | undefined,
): Source | undefined {
  const before = budget.left;
  for (let kind = 0; kind <= STRING_KIND; kind++) {
    const sorted = index.sorted[kind as OrderKind]!;
    const found = walk(plan, query, sorted, lowest, budget, eligible);
    if (budget.left < 0) return undefined;
    if (found === null) continue;
    settle(plan, before - budget.left, 1, 0);
    return found;
  }
  return createEmptySource();
}

function walk(
  plan: Plan,
  query: Query,
  sorted: SortedChunks,
  lowest: boolean,
  budget: Budget,
  eligible: Eligible | undefined,
): Source | null {
  const { members } = plan.population;
  const chunkCount = sorted.slots.length;
  for (let i = 0; i < chunkCount; i++) {
    const chunk = lowest ? i : chunkCount - 1 - i;
    const slots = sorted.slots[chunk]!;
    for (let j = 0; j < slots.length; j++) {
      if (--budget.left < 0) return null;
      const offset = lowest ? j : slots.length - 1 - j;
      if (isCandidate(query, members[slots[offset]!]!, -1, eligible)) {
        return createTieSource(sorted, sorted.keys[chunk]![offset]!);
      }
    }
  }
  return null;
}

function createTieSource(sorted: SortedChunks, key: SortedChunks["keys"][number][number]): Source {
  const from = seekPlace(sorted, key, BEFORE_ALL);
  const to = seekPlace(sorted, key, AFTER_ALL);
  const source = createSource(estimateBetween(sorted, from, to));
  source.kind = "spans";
  source.spans.push({ sorted, from, to });
  return source;
}

function createEmptySource(): Source {
  const source = createSource(0);
  source.kind = "spans";
  return source;
}
