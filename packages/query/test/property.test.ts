import { expect, it } from "vitest";
import { type Attribute, createAttribute, createEngine, type Engine, type Member, type Query } from "../src/index.ts";
import { createMember, createRandom, idsOf, query as parse } from "./fixture.ts";
import { pick, type Random, randomClient, randomEntry, randomKey, randomQuery } from "./generate.ts";
import { naiveChoose, naiveMatches, type RawClient } from "./naive.ts";
import { naiveOwner } from "./naive-ring.ts";

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = 100;
const QUERIES_PER_ROUND = 1000;

interface World {
  readonly random: Random;
  readonly engine: Engine<Member>;
  readonly clients: Map<string, { raw: RawClient; member: Member }>;
  nextId: number;
}

function join(world: World): void {
  const raw = randomClient(world.random, `c${world.nextId++}`);
  const metadata = Object.create(null) as { [key: string]: { type: string; value: unknown } };
  for (const [key, entry] of raw.metadata) metadata[key] = entry;
  const member = createMember(raw.application, raw.id, metadata, { tags: raw.tags, restricted: raw.restricted });
  Object.assign(member.base, raw.base);
  world.engine.join(member);
  world.clients.set(raw.id, { raw, member });
}

function change(world: World): void {
  const { random, engine, clients } = world;
  const { raw, member } = pick(random, [...clients.values()]);
  const roll = random();
  if (roll < 0.03) {
    engine.leave(member);
    clients.delete(raw.id);
    join(world);
  } else if (roll < 0.1) {
    raw.base.last_heartbeat_time = Math.floor(random() * 5);
    engine.touchBase(member, "last_heartbeat_time", raw.base.last_heartbeat_time as number);
  } else if (roll < 0.12) {
    raw.restricted = !raw.restricted;
    engine.touchBase(member, "restricted", raw.restricted);
  } else updateMetadata(world, raw, member, roll < 0.15 ? "replace" : "merge");
}

function updateMetadata(
  { random, engine }: World,
  raw: RawClient,
  member: Member,
  strategy: "merge" | "replace",
): void {
  const changes = new Map<string, Attribute | null>();
  if (strategy === "replace") raw.metadata.clear();
  for (let i = 0; i < 3; i++) {
    const key = randomKey(random);
    if (random() < 0.1) {
      changes.set(key, null);
      raw.metadata.delete(key);
      continue;
    }
    const entry = randomEntry(random, key);
    const result = createAttribute(entry.type, entry.value);
    if (!result.ok) throw new Error(result.message);
    changes.set(key, result.attribute);
    raw.metadata.set(key, entry);
  }
  engine.update(member, changes, strategy);
}

function check(world: World, raw: { [key: string]: unknown }, query: Query, thoroughly: boolean): void {
  const { random, engine } = world;
  const parity = random() < 0.3 ? Math.floor(random() * 2) : -1;
  const eligible = parity < 0 ? undefined : (member: Member) => Number(member.id.slice(1)) % 2 === parity;
  const clients = [...world.clients.values()].map((each) => each.raw);
  const candidates = parity < 0 ? clients : clients.filter((client) => Number(client.id.slice(1)) % 2 === parity);
  const expected = naiveChoose(raw, candidates);
  const ids = expected.map((client) => client.id).sort();
  const context = () => JSON.stringify(raw, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  const one = engine.chooseOne(query, eligible);
  if (typeof raw.key === "string") expect(one?.id, context()).toBe(naiveOwner(raw.key, expected)?.id);
  else if (ids.length === 0 ? one !== null : one === null || !ids.includes(one.id)) {
    expect.fail(`${one?.id} is not in ${ids}: ${context()}`);
  }
  if (one !== null && world.clients.get(one.id)?.member !== one) expect.fail("chose another object");
  const all = idsOf(engine.chooseAll(query, eligible));
  if (all.join() !== ids.join()) expect(all, context()).toEqual(ids);
  if (!thoroughly) return;
  const explanation = engine.explain(query, eligible === undefined ? { limit: 1e6 } : { limit: 1e6, eligible });
  expect(explanation.chosen.map((name) => name.client_id).sort(), context()).toEqual(ids);
  for (const { raw: client, member } of world.clients.values()) {
    if (engine.matches(query, member) !== naiveMatches(raw, client)) expect.fail(`${client.id}: ${context()}`);
  }
}

it(`agrees with a naive evaluator on 100,000 queries while indexes come and go (SEED=${seed})`, () => {
  console.log(`SEED=${seed}`);
  const random = createRandom(seed);
  const total = {
    built: { hash: 0, ordered: 0, contains: 0, ring: 0 },
    dropped: { hash: 0, ordered: 0, contains: 0, ring: 0 },
  };
  for (let round = 0; round < ROUNDS; round++) {
    const engine = createEngine({ random, minIndexedMembers: 8, unusedQueries: 1024 });
    const world: World = { random, engine, clients: new Map(), nextId: 0 };
    const large = round % 25 === 0;
    const size = large ? 500 : 10 + Math.floor(random() * 40);
    for (let i = 0; i < size; i++) join(world);
    const raws = Array.from({ length: 40 }, () => randomQuery(random));
    if (large) raws.push({ key: "k" }, { key: "l", ops: [{ restricted: { $eq: true } }], restricted: true });
    const queries = raws.map(parse);
    for (let i = 0; i < QUERIES_PER_ROUND; i++) {
      const j = large && i % 4 === 0 ? raws.length - 1 - (i % 2) : Math.floor(random() * raws.length);
      check(world, raws[j]!, queries[j]!, i % 50 === 0);
      if (i % 4 === 0) change(world);
      if (i % 333 === 332) for (let k = 0; k < 700; k++) change(world);
    }
    if (large) retireRing(world);
    const counts = engine.indexCounts();
    for (const kind of ["hash", "ordered", "contains", "ring"] as const) {
      total.built[kind] += counts.built[kind];
      total.dropped[kind] += counts.dropped[kind];
    }
  }
  console.log(JSON.stringify(total));
  for (const count of [...Object.values(total.built), ...Object.values(total.dropped)])
    expect(count).toBeGreaterThan(0);
});

/** Queries without a key until the ring goes for want of use. */
function retireRing(world: World): void {
  const plain = parse({});
  for (let i = 0; i < 3000; i++) world.engine.chooseOne(plain);
}
