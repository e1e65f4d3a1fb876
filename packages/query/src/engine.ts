import { chooseMatch, listMatches } from "./choose/choose.ts";
import { chooseOwner } from "./choose/keyed.ts";
import { createPlan, type Eligible, isCandidate, type Plan } from "./choose/plan.ts";
import { selectBest } from "./choose/select.ts";
import { type Explanation, explainQuery } from "./explain/explain.ts";
import type { Attribute } from "./member/attribute.ts";
import type { BaseAttributes, BaseField, Member } from "./member/member.ts";
import type { Query } from "./parse/query.ts";
import { type EngineState, type Population, refile } from "./population/population.ts";
import { createScopes, enrol, findPopulation, isInScope, withdraw } from "./population/scopes.ts";

/** What an engine needs, and how eager its indexes are. */
export interface EngineOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Populations smaller than this are never indexed. @default 64 */
  readonly minIndexedMembers?: number;
  /** An index that none of this many queries used is dropped. @default 65536 */
  readonly unusedQueries?: number;
}

/** How many indexes there are, and how many were built and dropped since the start, by kind. */
export interface IndexCounts {
  readonly hash: number;
  readonly ordered: number;
  readonly contains: number;
  readonly ring: number;
}

/** The value type of a base field. */
export type BaseValue<F extends BaseField> = F extends keyof BaseAttributes ? BaseAttributes[F] : boolean;

/** Members, their metadata, and choosing among them by query. Synchronous; nothing here is reentrant. */
export interface Engine<M extends Member> {
  /** Lets a member in. @throws if it is in already. */
  join(member: M): void;
  /** Takes a member out; nothing happens if it is not in. */
  leave(member: M): void;
  /**
   * Changes metadata; `null` removes a key, and `replace` also all keys not named. A member that is not in is
   * changed just the same.
   */
  update(member: M, changes: ReadonlyMap<string, Attribute | null>, strategy: "merge" | "replace"): void;
  /** Changes a base field. Nearly free while no index uses it. */
  touchBase<F extends BaseField>(member: M, field: F, value: BaseValue<F>): void;
  /**
   * Chooses one member: by the query's key, else uniformly at random. `null` when nobody can be chosen. Where given,
   * `eligible` narrows the candidates as if the others did not exist; it must not call the engine.
   */
  chooseOne(query: Query, eligible?: Eligible<M>): M | null;
  /** Lists everyone that the query keeps (selector and `optional` included), in no particular order. */
  chooseAll(query: Query, eligible?: Eligible<M>): M[];
  /** Whether application or tags, restricted mode and ops hold for one member; selector and `optional` apart. */
  matches(query: Query, member: M): boolean;
  /**
   * Of members that are in and match, at least one: the one that the selector ranks first and the key picks among
   * those, else the first of the list.
   */
  prefer(query: Query, matches: readonly M[]): M;
  /** Tells how a query comes to its choice; slow, for people. `limit` bounds the lists in the answer. */
  explain(query: Query, options: { readonly limit: number; readonly eligible?: Eligible<M> }): Explanation;
  /** How many members are in. */
  readonly size: number;
  /** Applications that have members, with how many. */
  applications(): { readonly id: string; readonly size: number }[];
  /** The members of one application. */
  membersOf(application: string): readonly M[];
  /** Indexes built and dropped so far, for metrics. */
  indexCounts(): { readonly built: IndexCounts; readonly dropped: IndexCounts };
}

/** Makes an engine without members. */
export function createEngine<M extends Member>(options: EngineOptions): Engine<M> {
  const { random } = options;
  const state: EngineState = {
    minIndexedMembers: options.minIndexedMembers ?? 64,
    unusedQueries: options.unusedQueries ?? 65_536,
    built: { hash: 0, ordered: 0, contains: 0, ring: 0 },
    dropped: { hash: 0, ordered: 0, contains: 0, ring: 0 },
    indexedKeys: new Map(),
    generation: 0,
  };
  const scopes = createScopes(state);

  function planFor(query: Query): Plan | null {
    const known = query.plan;
    if (known !== null && known.generation === known.population.generation && known.population.state === state) {
      return known;
    }
    const population = findPopulation(scopes, query);
    query.plan = population === null ? null : createPlan(query, population);
    return query.plan;
  }

  function chooseOne(query: Query, eligible: Eligible | undefined): Member | null {
    const plan = planFor(query);
    if (plan === null || plan.population.members.length === 0) return null;
    const chosen = chooseMatch(plan, query, eligible, random);
    return chosen === null && query.relaxed !== null ? chooseOne(query.relaxed, eligible) : chosen;
  }

  function chooseAll(query: Query, eligible: Eligible | undefined): Member[] {
    const plan = planFor(query);
    if (plan === null || plan.population.members.length === 0) return [];
    const chosen = listMatches(plan, query, eligible);
    return chosen.length === 0 && query.relaxed !== null ? chooseAll(query.relaxed, eligible) : chosen;
  }

  return {
    join(member) {
      if (member.membership !== null) throw new Error(`${member.application}/${member.id} has joined already`);
      enrol(scopes, member);
    },
    leave(member) {
      if (member.membership !== null) withdraw(scopes, member);
    },
    update(member, changes, strategy) {
      const { attributes } = member;
      if (strategy === "replace") {
        for (const key of attributes.keys()) {
          if (changes.has(key)) continue;
          attributes.delete(key);
          refileKey(state, member, key);
        }
      }
      for (const [key, attribute] of changes) {
        if (attribute === null) attributes.delete(key);
        else attributes.set(key, attribute);
        refileKey(state, member, key);
      }
    },
    touchBase(member, field, value) {
      if (field === "restricted") member.restricted = value as boolean;
      else member.base[field as keyof BaseAttributes] = value as never;
      refileKey(state, member, field);
    },
    chooseOne: (query, eligible) => chooseOne(query, eligible as Eligible | undefined) as M | null,
    chooseAll: (query, eligible) => chooseAll(query, eligible as Eligible | undefined) as M[],
    matches: (query, member) => isInScope(query, member) && isCandidate(query, member, -1, undefined),
    prefer(query, matches) {
      const best = query.selector === null ? matches : selectBest(query.selector, matches);
      const kept = (best.length === 0 ? matches : best) as readonly M[];
      return query.probes === null ? kept[0]! : (chooseOwner(kept, query.probes) as M);
    },
    explain: (query, { limit, eligible }) =>
      explainQuery(findPopulation(scopes, query), query, limit, eligible as Eligible | undefined),
    get size() {
      return scopes.world.members.length;
    },
    applications: () => Array.from(scopes.applications, ([id, { members }]) => ({ id, size: members.length })),
    membersOf: (application) =>
      (scopes.applications.get(application)?.members ?? []) as readonly Member[] as readonly M[],
    indexCounts: () => ({ built: { ...state.built }, dropped: { ...state.dropped } }),
  };
}

/** Files what a member has under a first path segment now in every index that looks there. */
function refileKey(state: EngineState, member: Member, key: string): void {
  if (member.membership === null || !state.indexedKeys.has(key)) return;
  const { populations, slots } = member.membership;
  for (let i = 0; i < populations.length; i++) {
    const population: Population = populations[i]!;
    const entries = population.entriesByKey.get(key);
    if (entries === undefined) continue;
    for (let j = 0; j < entries.length; j++) refile(population, entries[j]!, slots[i]!, member);
  }
}
