import { hasTags, type Member, type Membership } from "../member/member.ts";
import type { Query } from "../parse/query.ts";
import { hashMember } from "../ring/hash.ts";
import { admit, closePopulation, createPopulation, dismiss, type EngineState, type Population } from "./population.ts";

/** Every population of an engine: the world, and one per application and per tag while it has members. */
interface Scopes {
  readonly state: EngineState;
  readonly world: Population;
  readonly applications: Map<string, Population>;
  readonly tags: Map<string, Population>;
}

/** Makes the scopes of an engine without members. */
export function createScopes(state: EngineState): Scopes {
  return { state, world: createPopulation(state), applications: new Map(), tags: new Map() };
}

/** Lets a member into every population it belongs to. */
export function enrol(scopes: Scopes, member: Member): void {
  const membership: Membership = { populations: [], slots: [], point: hashMember(member.application, member.id) };
  member.membership = membership;
  admit(scopes.world, member, membership);
  admit(open(scopes.state, scopes.applications, member.application), member, membership);
  for (const tag of new Set(member.tags)) admit(open(scopes.state, scopes.tags, tag), member, membership);
}

/** Takes a member out of every population. */
export function withdraw(scopes: Scopes, member: Member): void {
  const { populations, slots } = member.membership!;
  for (let i = 0; i < populations.length; i++) dismiss(populations[i]!, slots[i]!);
  member.membership = null;
  closeIfEmpty(scopes.applications, member.application);
  for (const tag of member.tags) closeIfEmpty(scopes.tags, tag);
}

/** The smallest population that holds everyone a query may choose; `null` where nobody is there. */
export function findPopulation(scopes: Scopes, query: Query): Population | null {
  if (query.application !== null) return scopes.applications.get(query.application) ?? null;
  let smallest = scopes.world;
  for (const tag of query.tags) {
    const population = scopes.tags.get(tag);
    if (population === undefined) return null;
    if (population.members.length < smallest.members.length) smallest = population;
  }
  if (query.tags.length === 0) return smallest;
  return smallest === scopes.world ? scopes.tags.get(query.tags[0]!)! : smallest;
}

/** Whether a member is of the application, or has the tags, that a query asks for. */
export function isInScope(query: Query, member: Member): boolean {
  if (query.application !== null && query.application !== member.application) return false;
  return hasTags(member, query.tags);
}

function open(state: EngineState, populations: Map<string, Population>, name: string): Population {
  let population = populations.get(name);
  if (population === undefined) {
    population = createPopulation(state);
    populations.set(name, population);
  }
  return population;
}

function closeIfEmpty(populations: Map<string, Population>, name: string): void {
  const population = populations.get(name);
  if (population === undefined || population.members.length > 0) return;
  closePopulation(population);
  populations.delete(name);
}
