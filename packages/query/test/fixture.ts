import { createAttribute, type Member, parseQuery, type Query } from "../src/index.ts";

/** Metadata as clients write it. */
export type TypedMetadata = { readonly [key: string]: { readonly type: string; readonly value: unknown } };

/** Makes a member; throws where the metadata is wrong, for that is the test's mistake. */
export function createMember(
  application: string,
  id: string,
  metadata: TypedMetadata = {},
  extra: { tags?: string[]; restricted?: boolean; namespace?: string | null; ip?: string | null } = {},
): Member {
  const attributes: Member["attributes"] = new Map();
  for (const key of Object.keys(metadata)) {
    const { type, value } = metadata[key]!;
    const result = createAttribute(type, value);
    if (!result.ok) throw new Error(`${key}: ${result.message}`);
    attributes.set(key, result.attribute);
  }
  return {
    application,
    id,
    tags: extra.tags ?? [],
    restricted: extra.restricted ?? false,
    attributes,
    base: {
      ip: extra.ip ?? null,
      namespace: extra.namespace ?? null,
      encoding: "json",
      last_heartbeat_time: 0,
      receive_client_updates: false,
    },
    membership: null,
  };
}

/** Parses a query that is meant to be valid. */
export function query(value: unknown): Query {
  const result = parseQuery(value);
  if (!result.ok) throw new Error(`${result.code} ${result.at}: ${result.message}`);
  return result.query;
}

/** Uniform in [0, 1), from a seed: mulberry32 (Ettinger, public domain). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The ids of members, sorted. */
export function idsOf(members: readonly Member[]): string[] {
  return members.map((member) => member.id).sort();
}
