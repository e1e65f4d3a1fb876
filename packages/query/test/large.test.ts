import { expect, it } from "vitest";
import { createAttribute, createEngine, type Engine, type Member } from "../src/index.ts";
import { createMember, createRandom, idsOf, query as parse } from "./fixture.ts";
import { pick, randomClient, randomEntry, randomQuery } from "./generate.ts";

const MEMBERS = 3000;
const QUERIES = 3000;
const INDEXED_KEYS = ["latency", "region", "build", "load", "guilds"];

/** Two engines with the same members: one that indexes, one that never does. */
function createPair(random: () => number): { engines: Engine<Member>[]; pairs: Member[][] } {
  const engines = [64, Number.POSITIVE_INFINITY].map((minIndexedMembers) =>
    createEngine({ random, minIndexedMembers }),
  );
  const pairs = Array.from({ length: MEMBERS }, (_, i) => {
    const raw = randomClient(random, `c${i}`);
    const metadata: { [key: string]: { type: string; value: unknown } } = {};
    for (const [key, entry] of raw.metadata) if (key !== "__proto__") metadata[key] = entry;
    metadata.latency = { type: "integer", value: Math.floor(random() * 1000) };
    return engines.map((engine) => {
      const member = createMember("api", raw.id, metadata, { tags: raw.tags, restricted: raw.restricted });
      engine.join(member);
      return member;
    });
  });
  return { engines, pairs };
}

function randomRange(random: () => number): { [key: string]: unknown } {
  const low = Math.floor(random() * 1000);
  const query = { application: "api", ops: [{ latency: { $gte: low, $lt: low + Math.floor(random() * 300) } }] };
  const roll = random();
  if (roll < 0.4)
    return { ...query, selector: { [pick(random, ["$min", "$max"])]: pick(random, ["latency", "build"]) } };
  return roll < 0.6 ? { ...query, key: `k${Math.floor(random() * 50)}` } : query;
}

it("answers the same with indexes of many chunks as without any", () => {
  const random = createRandom(11);
  const { engines, pairs } = createPair(random);
  const [indexed, plain] = engines as [Engine<Member>, Engine<Member>];
  for (let i = 0; i < QUERIES; i++) {
    const raw = random() < 0.5 ? randomRange(random) : { ...randomQuery(random), application: "api" };
    const all = idsOf(plain.chooseAll(parse(raw)));
    const query = parse(raw);
    if (idsOf(indexed.chooseAll(query)).join() !== all.join()) expect.fail(JSON.stringify(raw.ops));
    const one = indexed.chooseOne(query);
    if (query.key !== null) expect(one?.id).toBe(plain.chooseOne(parse(raw))?.id);
    else if (all.length === 0) expect(one).toBeNull();
    else expect(all.includes(one?.id ?? "")).toBe(true);
    for (let k = 0; k < 3; k++) {
      const key = pick(random, INDEXED_KEYS);
      const entry =
        key === "latency" ? { type: "integer", value: Math.floor(random() * 1000) } : randomEntry(random, key);
      const result = createAttribute(entry.type, entry.value);
      if (!result.ok) throw new Error(result.message);
      const changes = new Map([[key, result.attribute]]);
      const pair = pick(random, pairs);
      const rejoins = random() < 0.05;
      for (const [e, member] of pair.entries()) {
        engines[e]!.update(member, changes, "merge");
        if (!rejoins) continue;
        engines[e]!.leave(member);
        engines[e]!.join(member);
      }
    }
  }
  expect(indexed.indexCounts().built.ordered).toBeGreaterThan(0);
  expect(indexed.indexCounts().built.ring).toBeGreaterThan(0);
  expect(plain.indexCounts().built).toEqual({ hash: 0, ordered: 0, contains: 0, ring: 0 });
});
