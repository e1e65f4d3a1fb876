/**
 * The query language a second time, as plainly as can be: no indexes, no compilation, nothing shared with src. It
 * reads raw queries and raw typed metadata, and says who is chosen. Only for valid queries.
 */

/** A client as it would introduce itself. */
export interface RawClient {
  application: string;
  id: string;
  tags: string[];
  restricted: boolean;
  metadata: Map<string, { type: string; value: unknown }>;
  base: { [field: string]: unknown };
}

type Json = { [key: string]: unknown };
type Truth = true | false | undefined;
type Resolved = { value: unknown; version: boolean };

const BASE = ["ip", "namespace", "restricted", "encoding", "last_heartbeat_time", "receive_client_updates"];

/** Everyone that a query keeps, of all clients. */
export function naiveChoose(query: Json, clients: Iterable<RawClient>): RawClient[] {
  const scope = [...clients].filter(
    (client) => inScope(query, client) && (!client.restricted || flag(query.restricted)),
  );
  const ops = (query.ops ?? []) as Json[];
  const holding = scope.filter((client) => all(ops.map((op) => evaluate(op, client, null))) === true);
  const selector = query.selector as Json | null | undefined;
  const selects = selector !== undefined && selector !== null && Object.keys(selector).length > 0;
  const kept = selects ? select(selector, holding) : holding;
  if (kept.length === 0 && flag(query.optional) && (ops.length > 0 || selects)) return scope;
  return kept;
}

/** Whether application or tags, restricted mode and ops hold. */
export function naiveMatches(query: Json, client: RawClient): boolean {
  const ops = (query.ops ?? []) as Json[];
  if (!inScope(query, client) || (client.restricted && !flag(query.restricted))) return false;
  return all(ops.map((op) => evaluate(op, client, null))) === true;
}

function inScope(query: Json, client: RawClient): boolean {
  const application = query.application ?? null;
  if (application === null) return true;
  if (typeof application === "string") return client.application === application;
  return (application as string[]).every((tag) => client.tags.includes(tag));
}

function flag(value: unknown): boolean {
  return value === true || value === "true";
}

function evaluate(op: Json, client: RawClient, key: string | null): Truth {
  const name = Object.hasOwn(op, "op") ? op.op : undefined;
  if (typeof name === "string") {
    if (Array.isArray(op.with)) return logic(name, op.with as Json[], client, null);
    const to = op.to as Json;
    const left = resolve(op.path as string, client);
    if (name === "$exists") return (left !== null) === to.value;
    if (left === null) return undefined;
    if (typeof to.path !== "string") return compare(name, left, to.value);
    const right = resolve(to.path, client);
    if (right === null && !Object.hasOwn(to, "default")) return undefined;
    return compare(name, left, right === null ? to.default : right.value);
  }
  return all(
    Object.keys(op).map((word) => {
      const operand = op[word];
      if (word === "$and" || word === "$or" || word === "$nor") return logic(word, operand as Json[], client, key);
      if (!word.startsWith("$")) return evaluate(operand as Json, client, word);
      const left = resolveSteps([key as string], client);
      if (word === "$exists") return (left !== null) === operand;
      return left === null ? undefined : compare(word, left, operand);
    }),
  );
}

function logic(name: string, list: Json[], client: RawClient, key: string | null): Truth {
  const truths = list.map((op) => evaluate(op, client, key));
  if (name === "$and") return all(truths);
  const any = truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
  return name === "$or" || any === undefined ? any : !any;
}

function all(truths: Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
}

function compare(name: string, left: Resolved, right: unknown): Truth {
  switch (name) {
    case "$eq":
      return same(left, right);
    case "$ne":
      return !same(left, right);
    case "$in":
      return Array.isArray(right) ? right.some((item) => same(left, item)) : undefined;
    case "$nin":
      return Array.isArray(right) ? !right.some((item) => same(left, item)) : undefined;
    case "$contains":
      return has(left, right);
    case "$ncontains": {
      const truth = has(left, right);
      return truth === undefined ? undefined : !truth;
    }
    default: {
      const order = orderOf(left, right);
      if (order === undefined) return undefined;
      return name === "$gt" ? order > 0 : name === "$gte" ? order >= 0 : name === "$lt" ? order < 0 : order <= 0;
    }
  }
}

function same(left: Resolved, right: unknown): boolean {
  if (!left.version) return text(left.value) === text(right);
  const parsed = typeof right === "string" ? splitVersion(right) : null;
  return parsed !== null && compareVersions(splitVersion(left.value as string)!, parsed) === 0;
}

function has(left: Resolved, right: unknown): Truth {
  if (Array.isArray(left.value)) return left.value.some((item) => text(item) === text(right));
  if (typeof left.value !== "object" || left.value === null || typeof right !== "string") return undefined;
  return Object.hasOwn(left.value, right);
}

function orderOf(left: Resolved, right: unknown): number | undefined {
  if (left.version) {
    const parsed = typeof right === "string" ? splitVersion(right) : null;
    return parsed === null ? undefined : compareVersions(splitVersion(left.value as string)!, parsed);
  }
  if (typeof left.value === "string") return typeof right === "string" ? cmp(left.value, right) : undefined;
  return number(left.value) && number(right) ? cmp(left.value as number, right as number) : undefined;
}

function cmp<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function number(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

/** Text that is equal for equal values: whole numbers digit for digit, keys sorted. */
function text(value: unknown): string {
  if (typeof value === "bigint") return `#${value}`;
  if (typeof value === "number") return Number.isInteger(value) ? `#${BigInt(value)}` : `#${value}`;
  if (Array.isArray(value)) return `[${value.map(text)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => cmp(a, b));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${text(item)}`)}}`;
}

function resolve(path: string, client: RawClient): Resolved | null {
  const steps = path.split("/").slice(1);
  return resolveSteps(
    steps.map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~")),
    client,
  );
}

function resolveSteps(steps: string[], client: RawClient): Resolved | null {
  const [first, ...rest] = steps as [string, ...string[]];
  let value: unknown;
  let version = false;
  if (BASE.includes(first)) value = first === "restricted" ? client.restricted : client.base[first];
  else {
    const entry = client.metadata.get(first);
    if (entry === undefined) return null;
    value = entry.value;
    version = entry.type === "version" && rest.length === 0;
  }
  for (const step of rest) {
    if (Array.isArray(value)) {
      if (step !== String(Number(step)) || !(Number(step) in value)) return null;
      value = value[Number(step)];
    } else {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return null;
      value = (value as Json)[step];
    }
  }
  return { value, version };
}

type Version = { core: bigint[]; pre: string[] };

function splitVersion(source: string): Version | null {
  const [withoutBuild, ...build] = source.split("+");
  if (build.length > 1 || build.some((part) => part.split(".").some((id) => !/^[0-9A-Za-z-]+$/.test(id)))) return null;
  const dash = withoutBuild!.indexOf("-");
  const core = (dash < 0 ? withoutBuild! : withoutBuild!.slice(0, dash)).split(".");
  const pre = dash < 0 ? [] : withoutBuild!.slice(dash + 1).split(".");
  const plain = (id: string): boolean => /^\d+$/.test(id) && (id === "0" || id[0] !== "0");
  if (core.length !== 3 || !core.every(plain)) return null;
  if (!pre.every((id) => /^[0-9A-Za-z-]+$/.test(id) && (!/^\d+$/.test(id) || plain(id)))) return null;
  return { core: core.map(BigInt), pre };
}

function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) if (a.core[i] !== b.core[i]) return cmp(a.core[i]!, b.core[i]!);
  if (a.pre.length === 0 || b.pre.length === 0) return cmp(b.pre.length, a.pre.length);
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const [x, y] = [a.pre[i]!, b.pre[i]!];
    if (x === y) continue;
    const [nx, ny] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (nx !== ny) return nx ? -1 : 1;
    return nx ? cmp(BigInt(x), BigInt(y)) : cmp(x, y);
  }
  return cmp(a.pre.length, b.pre.length);
}

function select(selector: Json, clients: RawClient[]): RawClient[] {
  const op = Object.keys(selector)[0]!;
  const named = selector[op] as string;
  const rated = clients.flatMap((client) => {
    const found = named.startsWith("/") ? resolve(named, client) : resolveSteps([named], client);
    return found === null ? [] : [{ client, ...found }];
  });
  const numbers = rated.filter((each) => number(each.value));
  if (op === "$avg") return selectMean(numbers);
  const versions = rated.filter((each) => each.version);
  const strings = rated.filter((each) => typeof each.value === "string" && !each.version);
  const pool = [numbers, versions, strings].find((each) => each.length > 0) ?? [];
  const sign = op === "$min" ? 1 : -1;
  if (pool.length === 0) return [];
  const best = pool.reduce((a, b) => (sign * orderOf(b, a.value)! < 0 ? b : a));
  return pool.filter((each) => orderOf(each, best.value) === 0).map((each) => each.client);
}

/** Exact for whole numbers and multiples of 2^−10, which is all that the generator makes. */
function selectMean(rated: (Resolved & { client: RawClient })[]): RawClient[] {
  const scaled = rated.map(({ value }) => (typeof value === "bigint" ? value * 1024n : exact(value as number)));
  const sum = scaled.reduce((total, each) => total + each, 0n);
  const distances = scaled.map((each) => {
    const distance = each * BigInt(scaled.length) - sum;
    return distance < 0n ? -distance : distance;
  });
  return rated.filter((_, i) => distances.every((other) => distances[i]! <= other)).map((each) => each.client);
}

function exact(value: number): bigint {
  return BigInt(Math.trunc(value)) * 1024n + BigInt((value - Math.trunc(value)) * 1024);
}
