import type { Member } from "../member/member.ts";
import type { Query } from "../parse/query.ts";
import { type Eligible, isCandidate, type Plan, settle } from "./plan.ts";
import { drawSlot, listSlots, type Source } from "./source.ts";

/** Up to this many candidates in spans are listed at once; drawing from so few would reject too often. */
const LISTED = 32;
/** Up to this many candidates of any source are: drawing may verify one twice, and verifying may be dear. */
const FEW = 4;

/** Probes before listing everyone: this many, and one for every {@link PROBE_SHARE} candidates. */
const MIN_PROBES = 8;
const PROBE_SHARE = 8;

/**
 * Chooses uniformly among the members of a source that hold. Draws at random first and takes the first that holds
 * (rejection sampling); only when many draws failed are all looked at, keeping the k-th that holds with probability
 * 1/k (reservoir sampling). Both are exactly uniform, so together they are.
 */
export function chooseUniform(
  plan: Plan,
  query: Query,
  source: Source,
  skip: number,
  eligible: Eligible | undefined,
  random: () => number,
): Member | null {
  const { members } = plan.population;
  const { size } = source;
  if (size === 0) {
    settle(plan, 0, 0, members.length);
    return null;
  }
  if (source.kind === "one") {
    const member = members[source.slot]!;
    const holds = isCandidate(query, member, skip, eligible);
    settle(plan, 1, holds ? 1 : 0, members.length / 2);
    return holds ? member : null;
  }
  let work = 0;
  if (size > LISTED || (source.kind !== "spans" && size > FEW)) {
    const limit = MIN_PROBES + Math.floor(size / PROBE_SHARE);
    while (work < limit) {
      const member = members[drawSlot(source, random)]!;
      work++;
      if (!isCandidate(query, member, skip, eligible)) continue;
      settle(plan, work, 1, members.length / (size + 1));
      return member;
    }
  }
  return chooseFromList(plan, query, source, skip, eligible, random, work);
}

function chooseFromList(
  plan: Plan,
  query: Query,
  source: Source,
  skip: number,
  eligible: Eligible | undefined,
  random: () => number,
  workBefore: number,
): Member | null {
  const { members } = plan.population;
  const slots = listSlots(source);
  const count = slots === null ? members.length : slots.length;
  let chosen: Member | null = null;
  let found = 0;
  for (let i = 0; i < count; i++) {
    const member = members[slots === null ? i : slots[i]!]!;
    if (!isCandidate(query, member, skip, eligible)) continue;
    found++;
    if (found === 1 || random() * found < 1) chosen = member;
  }
  settle(plan, workBefore + count, found, members.length - count);
  return chosen;
}
