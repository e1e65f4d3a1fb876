import { BEFORE_ALL, chunkOf, offsetOf, type SortedChunks, seekPlace } from "../index/sorted-chunks.ts";
import { isBefore, type Member } from "../member/member.ts";
import type { Query } from "../parse/query.ts";
import { payForRing } from "../population/indexing.ts";
import { probeDistance } from "../ring/probes.ts";
import { type Eligible, isCandidate, type Plan, settle } from "./plan.ts";
import { listSlots, type Source } from "./source.ts";

/** Up to this many candidates are compared one by one; beyond, walking the ring is quicker. */
const FEW = 256;

/** Of a walk that meets nobody, the share of the candidates after which comparing them all is quicker. */
const WALK_SHARE = 4;

/** Chooses the owner of the query's key among the members of a source that hold; see `probeDistance` for the rule. */
export function chooseKeyed(
  plan: Plan,
  query: Query,
  source: Source,
  skip: number,
  eligible: Eligible | undefined,
): Member | null {
  const { population } = plan;
  const { members } = population;
  const probes = query.probes!;
  // Where a selector narrowed the source, the ring cannot tell who is among the best.
  const walks = query.selector === null && source.size > FEW;
  if (walks && population.ring !== null) {
    population.ringUsedAt = population.queries;
    // The ring holds everyone, so what the index of the source answers must be verified here.
    const holds = (member: Member): boolean => isCandidate(query, member, -1, eligible);
    const owner = walkRing(population.ring, members, probes, holds, Math.floor(source.size / WALK_SHARE));
    if (owner !== null) {
      settle(plan, 1, 1, members.length / (source.size + 1));
      return owner;
    }
  }
  const slots = listSlots(source);
  const count = slots === null ? members.length : slots.length;
  let owner: Member | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const member = members[slots === null ? i : slots[i]!]!;
    const distance = probeDistance(probes, member.membership!.point);
    if (distance > least || (distance === least && isBefore(owner!, member))) continue;
    if (!isCandidate(query, member, skip, eligible)) continue;
    owner = member;
    least = distance;
  }
  if (walks && population.ring === null) payForRing(population, count);
  settle(plan, count, owner === null ? 0 : 1, members.length - count);
  return owner;
}

/** The owner of a key among members that are already known to match. */
export function chooseOwner(members: readonly Member[], probes: Uint32Array): Member | null {
  let owner: Member | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const member of members) {
    const distance = probeDistance(probes, member.membership!.point);
    if (distance > least || (distance === least && isBefore(owner!, member))) continue;
    owner = member;
    least = distance;
  }
  return owner;
}

/**
 * Walks the ring clockwise from every probe at once, nearest member first, until one holds; then through those that
 * are equally near. Each walk ends where the next probe stands, so nobody is met twice. `null` when `limit` members
 * were met and none held.
 */
function walkRing(
  ring: SortedChunks,
  members: readonly Member[],
  probes: Uint32Array,
  holds: (member: Member) => boolean,
  limit: number,
): Member | null {
  const walkers = createWalkers(ring, probes);
  let owner: Member | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let met = 0; met < limit || owner !== null; met++) {
    let nearest = 0;
    for (let i = 1; i < walkers.length; i++) if (walkers[i]!.distance < walkers[nearest]!.distance) nearest = i;
    const walker = walkers[nearest]!;
    if (walker.distance > least || walker.distance === Number.POSITIVE_INFINITY) break;
    const member = members[ring.slots[walker.chunk]![walker.offset]!]!;
    if ((owner === null || isBefore(member, owner)) && holds(member)) {
      owner = member;
      least = walker.distance;
    }
    walker.offset++;
    settleWalker(ring, walker);
  }
  return owner;
}

/** One walk: from a probe to the next one, `reach` away. Its distance is infinite once it is over. */
interface Walker {
  readonly probe: number;
  readonly reach: number;
  chunk: number;
  offset: number;
  distance: number;
}

function createWalkers(ring: SortedChunks, probes: Uint32Array): Walker[] {
  const walkers: Walker[] = [];
  for (let i = 0; i < probes.length; i++) {
    const probe = probes[i]!;
    const last = i + 1 === probes.length;
    const reach = last ? probes[0]! + 2 ** 32 - probe : probes[i + 1]! - probe;
    const place = seekPlace(ring, probe, BEFORE_ALL);
    const walker: Walker = { probe, reach, chunk: chunkOf(place), offset: offsetOf(place), distance: 0 };
    settleWalker(ring, walker);
    walkers.push(walker);
  }
  return walkers;
}

/** Brings a walker that stepped off a chunk's end to the next one, around the ring, and measures its distance. */
function settleWalker(ring: SortedChunks, walker: Walker): void {
  const before = walker.distance;
  let wrapped = false;
  if (walker.offset >= ring.keys[walker.chunk]!.length) {
    walker.offset = 0;
    wrapped = walker.chunk + 1 === ring.keys.length;
    walker.chunk = wrapped ? 0 : walker.chunk + 1;
  }
  const distance = ((ring.keys[walker.chunk]![walker.offset] as number) - walker.probe) >>> 0;
  const cameAround = distance < before || (wrapped && distance === before);
  walker.distance = distance >= walker.reach || cameAround ? Number.POSITIVE_INFINITY : distance;
}
