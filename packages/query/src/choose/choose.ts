import type { Member } from "../member/member.ts";
import type { Query } from "../parse/query.ts";
import { payForIndex } from "../population/indexing.ts";
import { findBest, sparedByWalk } from "./best.ts";
import { chooseKeyed, chooseOwner } from "./keyed.ts";
import { chooseSource, type Eligible, isCandidate, type Plan, settle } from "./plan.ts";
import { selectBest } from "./select.ts";
import { listSlots, type Source } from "./source.ts";
import { chooseUniform } from "./uniform.ts";

/** Chooses one member that the query keeps, by its key or else uniformly; `null` when it keeps none. */
export function chooseMatch(
  plan: Plan,
  query: Query,
  eligible: Eligible | undefined,
  random: () => number,
): Member | null {
  const source = chooseSource(plan);
  const skip = plan.step === null ? -1 : plan.step.skip;
  if (query.selector === null) return chooseFrom(plan, query, source, skip, eligible, random);
  const best = findBest(plan, query, source, eligible);
  if (best !== null) return chooseFrom(plan, query, best, -1, eligible, random);
  const kept = selectFrom(plan, query, source, skip, eligible);
  if (query.probes !== null) return chooseOwner(kept, query.probes);
  return kept.length === 0 ? null : kept[Math.floor(random() * kept.length)]!;
}

/** Lists all members that the query keeps, in no particular order. */
export function listMatches(plan: Plan, query: Query, eligible: Eligible | undefined): Member[] {
  const source = chooseSource(plan);
  const skip = plan.step === null ? -1 : plan.step.skip;
  if (query.selector === null) return collect(plan, query, source, skip, eligible);
  const best = findBest(plan, query, source, eligible);
  return best === null ? selectFrom(plan, query, source, skip, eligible) : collect(plan, query, best, -1, eligible);
}

function chooseFrom(
  plan: Plan,
  query: Query,
  source: Source,
  skip: number,
  eligible: Eligible | undefined,
  random: () => number,
): Member | null {
  return query.probes === null
    ? chooseUniform(plan, query, source, skip, eligible, random)
    : chooseKeyed(plan, query, source, skip, eligible);
}

function selectFrom(plan: Plan, query: Query, source: Source, skip: number, eligible: Eligible | undefined): Member[] {
  const selector = query.selector!;
  const size = source.size;
  const matches = collect(plan, query, source, skip, eligible);
  if (plan.selection === null && selector.op !== "$avg") {
    const spared = sparedByWalk(size, matches.length);
    if (spared > 0) payForIndex(plan.population, "ordered", selector.path, spared);
  }
  return selectBest(selector, matches);
}

function collect(plan: Plan, query: Query, source: Source, skip: number, eligible: Eligible | undefined): Member[] {
  const { members } = plan.population;
  const slots = listSlots(source);
  const count = slots === null ? members.length : slots.length;
  const matches: Member[] = [];
  for (let i = 0; i < count; i++) {
    const member = members[slots === null ? i : slots[i]!]!;
    if (isCandidate(query, member, skip, eligible)) matches.push(member);
  }
  settle(plan, count, matches.length, members.length - count);
  return matches;
}
