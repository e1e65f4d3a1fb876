/**
 * How fast choosing is, as a ratio against a linear scan in the same run. `pnpm exec node bench/choose.ts`.
 * Clients carry ten attributes; the send query is `$eq` on a region, `$gte` on a latency, `$contains` on a guild.
 */
import { performance } from "node:perf_hooks";
import { createAttribute, createEngine, type Engine, type Member, parseQuery, type Query } from "../src/index.ts";

const REGIONS = ["eu", "us", "ap", "sa"];
let state = 12345;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
let sink = 0;

function attribute(type: string, value: unknown) {
  const result = createAttribute(type, value);
  if (!result.ok) throw new Error(result.message);
  return result.attribute;
}

function createMember(i: number): Member {
  const attributes = new Map([
    ["region", attribute("string", REGIONS[i % 4])],
    ["latency", attribute("integer", Math.floor(random() * 1000))],
    ["guilds", attribute("list", [`g${i}`, `h${i}`])],
    ["build", attribute("version", "1.2.3")],
  ]);
  for (let k = 0; k < 6; k++) attributes.set(`extra${k}`, attribute("integer", i + k));
  return {
    application: "api",
    id: `client-${i}`,
    tags: [],
    restricted: false,
    attributes,
    base: {
      ip: null,
      namespace: null,
      encoding: "json",
      last_heartbeat_time: 0,
      receive_client_updates: false,
    },
    membership: null,
  };
}

function parse(value: unknown): Query {
  const result = parseQuery(value);
  if (!result.ok) throw new Error(result.message);
  return result.query;
}

function sendQuery(i: number): Query {
  return parse({
    application: "api",
    ops: [
      { path: "/region", op: "$eq", to: { value: REGIONS[i % 4] } },
      { path: "/latency", op: "$gte", to: { value: 0 } },
      { path: "/guilds", op: "$contains", to: { value: `g${i}` } },
    ],
  });
}

function time(runs: number, run: (i: number) => void): number {
  const start = performance.now();
  for (let i = 0; i < runs; i++) run(i);
  return ((performance.now() - start) * 1000) / runs;
}

function median(runs: number, repeats: number, run: (i: number) => void): number {
  const times = Array.from({ length: repeats }, () => time(runs, run)).sort((a, b) => a - b);
  return times[repeats >> 1]!;
}

function percentile(samples: number[], share: number): number {
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length * share)]!;
}

function scan(engine: Engine<Member>, members: readonly Member[], query: Query): void {
  for (const member of members) if (engine.matches(query, member)) sink++;
}

function fill(count: number): { engine: Engine<Member>; members: Member[] } {
  const engine = createEngine<Member>({ random });
  const members = Array.from({ length: count }, (_, i) => createMember(i));
  for (const member of members) engine.join(member);
  return { engine, members };
}

function benchSend(count: number): number {
  const { engine, members } = fill(count);
  const queries = Array.from({ length: 64 }, (_, i) => sendQuery(Math.floor((i * count) / 64)));
  for (let i = 0; i < 50_000; i++) engine.chooseOne(queries[i & 63]!);
  const choose = median(200_000, 7, (i) => {
    if (engine.chooseOne(queries[i & 63]!) !== null) sink++;
  });
  const linear = median(3, 5, (i) => scan(engine, members, queries[i & 63]!));
  const ratio = Math.round(linear / choose);
  console.log(`send query, ${count} members: ${choose.toFixed(3)} µs; scan ${linear.toFixed(0)} µs; ratio ${ratio}`);
  return choose;
}

function benchUpdates(name: string, count: number, queries: Query[]): void {
  const { engine, members } = fill(count);
  const latency = (): Map<string, ReturnType<typeof attribute>> =>
    new Map([["latency", attribute("integer", Math.floor(random() * 1000))]]);
  for (let i = 0; i < 30_000; i++) engine.chooseOne(queries[i % queries.length]!);
  const samples: number[] = [];
  let updating = 0;
  let updates = 0;
  // One update for every ten picks: at 10,000 updates/s, 100,000 picks/s beside them.
  for (let i = 0; i < 200_000; i++) {
    if (i % 10 === 0) {
      const start = performance.now();
      engine.update(members[Math.floor(random() * count)]!, latency(), "merge");
      updating += performance.now() - start;
      updates++;
    }
    const start = performance.now();
    if (engine.chooseOne(queries[i % queries.length]!) !== null) sink++;
    samples.push((performance.now() - start) * 1000);
  }
  const linear = median(3, 5, (i) => scan(engine, members, queries[i % queries.length]!));
  const mean = samples.reduce((sum, each) => sum + each, 0) / samples.length;
  const p99 = percentile(samples, 0.99);
  const each = ((updating / updates) * 1000).toFixed(2);
  const ratio = Math.round(linear / mean);
  console.log(
    `${name}, ${count} members under updates: mean ${mean.toFixed(2)} µs, p99 ${p99.toFixed(2)} µs, update ${each} µs; ` +
      `scan ${linear.toFixed(0)} µs; ratio ${ratio}; built ${JSON.stringify(engine.indexCounts())}`,
  );
}

function benchMemory(): void {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const { engine } = fill(10_000);
  globalThis.gc?.();
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / engine.size);
  console.log(
    `memory, 10000 members of 10 attributes: ${bytes} B each${globalThis.gc ? "" : " (run with --expose-gc)"}`,
  );
}

benchMemory();
const small = benchSend(1_000);
benchSend(10_000);
const large = benchSend(100_000);
console.log(`send query, 100,000 against 1,000 members: ${(large / small).toFixed(2)}×`);
const picks = Array.from({ length: 64 }, (_, i) => sendQuery(i * 1500));
benchUpdates("send query", 100_000, picks);
const range = (low: number, high: number): Query =>
  parse({ application: "api", ops: [{ latency: { $gte: low, $lt: high } }, { region: { $eq: "eu" } }] });
benchUpdates("narrow range", 100_000, [range(500, 502)]);
benchUpdates("wide range", 100_000, [range(100, 900)]);
benchUpdates("$min", 100_000, [parse({ application: "api", ops: [], selector: { $min: "/latency" } })]);
const keyed = Array.from({ length: 64 }, (_, i) => parse({ application: "api", key: `user-${i}` }));
benchUpdates("key", 100_000, keyed);
if (sink < 0) console.log(sink);
