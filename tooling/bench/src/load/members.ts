/** The same clients and queries without wire and server: for benchmarks of the engine alone. */
import { createAttribute, createEngine, type Engine, type Member, parseQuery, type Query } from "@singyeong/query";
import { application, createProfile, type TypedMetadata } from "./profile.ts";

/** A filled engine and everyone in it, by number. */
export interface Crowd {
  readonly engine: Engine<Member>;
  readonly members: readonly Member[];
}

/** Fills an engine with `count` members; `guildsOf` tells what each of them holds. */
export function createCrowd(count: number, guildsOf: (client: number) => string[]): Crowd {
  const engine = createEngine<Member>({ random: Math.random });
  const members = Array.from({ length: count }, (_, client) =>
    createMember(`client-${client}`, createProfile(client, guildsOf(client))),
  );
  for (const member of members) engine.join(member);
  return { engine, members };
}

/** Compiles a query that is known to be valid. */
export function compileQuery(value: object): Query {
  const result = parseQuery(value);
  if (!result.ok) throw new Error(`${result.code} ${result.at}: ${result.message}`);
  return result.query;
}

/** Makes an attribute that is known to be valid. */
export function makeAttribute(type: string, value: unknown) {
  const result = createAttribute(type, value);
  if (!result.ok) throw new Error(`${result.code} ${result.at}: ${result.message}`);
  return result.attribute;
}

function createMember(id: string, profile: TypedMetadata): Member {
  return {
    application,
    id,
    tags: [],
    restricted: false,
    attributes: new Map(Object.entries(profile).map(([key, { type, value }]) => [key, makeAttribute(type, value)])),
    base: { ip: null, namespace: null, encoding: "json", last_heartbeat_time: 0, receive_client_updates: false },
    membership: null,
  };
}
