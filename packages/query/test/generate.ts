/** Random clients and queries, nasty on purpose. Everything follows from the random function handed in. */
import type { RawClient } from "./naive.ts";

export type Random = () => number;

const STRINGS = ["", "eu", "us", "ap", "10", "1.0.0", "\u0000v", "\ud800", "\ud83d\ude00", "__proto__", "a/b", "Z"];
const NUMBERS = [
  0,
  -0,
  1,
  5,
  12.25,
  -3.5,
  1000,
  2 ** 53 - 1,
  2 ** 53,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2 ** 60,
  2n ** 60n,
  2 ** 63,
  1e300,
];
const INTEGERS = NUMBERS.filter((n) => typeof n === "bigint" || (Number.isInteger(n) && Math.abs(n) < 2 ** 63));
const VERSIONS = [
  "1.0.0",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-2",
  "1.0.0-11",
  "1.0.0+b",
  "2.0.0",
  "10.0.0",
];
const KEYS = ["region", "latency", "load", "build", "guilds", "spec", "mix", "__proto__", "odd/key", "constructor"];
const TYPES = new Map([
  ["region", "string"],
  ["latency", "integer"],
  ["load", "float"],
  ["build", "version"],
  ["guilds", "list"],
  ["spec", "map"],
]);
const DEEP = [
  "/guilds/0",
  "/guilds/00",
  "/guilds/-",
  "/guilds/1/x",
  "/spec/cpu",
  "/spec/__proto__",
  "/spec/constructor",
];
const OTHER = ["/mix/0", "/mix/cpu", "/toString", "/namespace", "/restricted", "/last_heartbeat_time", "/ip", "/ip/x"];
const PATHS = [...KEYS.map((key) => `/${key.replace("/", "~1")}`), ...DEEP, ...OTHER];
const OPS = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$contains", "$ncontains", "$exists"];
const TAGS = ["red", "green", "blue"];
const APPLICATIONS = ["api", "worker", "gate"];

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

function list(random: Random, most: number, make: () => unknown): unknown[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, make);
}

function randomValue(random: Random, depth = 2): unknown {
  const roll = random() * (depth > 0 ? 10 : 7);
  if (roll < 3) return pick(random, NUMBERS);
  if (roll < 5) return pick(random, STRINGS);
  if (roll < 5.5) return pick(random, VERSIONS);
  if (roll < 6) return null;
  if (roll < 7) return random() < 0.5;
  return roll < 8.5 ? list(random, 3, () => randomValue(random, depth - 1)) : randomMap(random, depth - 1);
}

function randomMap(random: Random, depth: number): unknown {
  const entries = list(random, 3, () => [
    pick(random, ["cpu", "__proto__", "constructor", "b"]),
    randomValue(random, depth),
  ]);
  const map = random() < 0.5 ? {} : Object.create(null);
  for (const [key, value] of entries as [string, unknown][]) {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return map;
}

export function randomEntry(random: Random, key: string): { type: string; value: unknown } {
  const type = TYPES.get(key) ?? pick(random, ["string", "integer", "float", "version", "list", "map", "boolean"]);
  switch (type) {
    case "string":
      return { type, value: pick(random, STRINGS) };
    case "integer":
      return { type, value: random() < 0.5 ? Math.floor(random() * 50) : pick(random, INTEGERS) };
    case "float":
      return { type, value: random() < 0.5 ? Math.floor(random() * 4096) / 1024 : pick(random, NUMBERS) };
    case "version":
      return { type, value: pick(random, VERSIONS) };
    case "list":
      return { type, value: list(random, 3, () => randomValue(random, 1)) };
    case "map":
      return { type, value: randomMap(random, 1) };
    default:
      return { type, value: random() < 0.5 };
  }
}

export function randomKey(random: Random): string {
  return pick(random, KEYS);
}

export function randomClient(random: Random, id: string): RawClient {
  const metadata: RawClient["metadata"] = new Map();
  for (const key of KEYS) if (random() < 0.7) metadata.set(key, randomEntry(random, key));
  return {
    application: random() < 0.7 ? "api" : pick(random, APPLICATIONS),
    id,
    tags: TAGS.filter(() => random() < 0.5),
    restricted: random() < 0.1,
    metadata,
    base: {
      ip: random() < 0.5 ? null : "10.0.0.1",
      namespace: random() < 0.5 ? null : pick(random, STRINGS),
      encoding: "json",
      last_heartbeat_time: Math.floor(random() * 5),
      receive_client_updates: random() < 0.5,
    },
  };
}

export function randomQuery(random: Random): { [key: string]: unknown } {
  const query: { [key: string]: unknown } = {};
  const roll = random();
  if (roll < 0.6) query.application = pick(random, APPLICATIONS);
  else if (roll < 0.8) query.application = list(random, 2, () => pick(random, TAGS));
  query.ops = list(random, 3, () => randomOp(random, 2));
  if (random() < 0.2) query.restricted = pick(random, [true, "true", "yes", false]);
  if (random() < 0.2) query.optional = pick(random, [true, "true", 1, false]);
  if (random() < 0.2) query.key = pick(random, ["k1", "k2", "", "\ud800", "user-17"]);
  if (random() < 0.25)
    query.selector = { [pick(random, ["$min", "$max", "$avg"])]: pick(random, ["latency", "mix", ...PATHS]) };
  return query;
}

function randomOp(random: Random, depth: number): unknown {
  const roll = random();
  if (depth > 0 && roll < 0.15) {
    return { op: pick(random, ["$and", "$or", "$nor"]), with: [0, 0].map(() => randomOp(random, depth - 1)) };
  }
  if (roll < 0.25) return { [randomKey(random)]: shorthand(random, depth) };
  const op = pick(random, OPS);
  const path = random() < 0.7 ? pick(random, PATHS.slice(0, 7)) : pick(random, PATHS);
  if (op === "$exists" || random() < 0.85) return { path, op, to: { value: constant(random, op, path) } };
  const to = { path: pick(random, PATHS) };
  return { path, op, to: random() < 0.5 ? to : { ...to, default: randomValue(random) } };
}

function shorthand(random: Random, depth: number): unknown {
  const first = pick(random, OPS);
  const second = pick(random, OPS);
  const operators = { [first]: constant(random, first, ""), [second]: constant(random, second, "") };
  if (depth === 0 || random() < 0.6) return operators;
  const inner = random() < 0.5 ? operators : { [randomKey(random)]: operators };
  return { [pick(random, ["$and", "$or", "$nor"])]: [operators, inner] };
}

function constant(random: Random, op: string, path: string): unknown {
  if (op === "$exists") return random() < 0.5;
  if (op === "$in" || op === "$nin") return list(random, 4, () => fitting(random, path));
  if (op === "$contains" || op === "$ncontains") return randomValue(random, 1);
  return fitting(random, path);
}

function fitting(random: Random, path: string): unknown {
  const key = path.slice(1);
  return key !== "" && KEYS.includes(key) && random() < 0.8 ? randomEntry(random, key).value : randomValue(random);
}
