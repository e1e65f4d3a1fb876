import type { Codec, Encoding, Raw } from "@singyeong/protocol/codec";
import { narrowToNamespace, parseQuery, type QueryResult } from "@singyeong/query";
import { ownText } from "../kernel/own-text.ts";

/**
 * What a generation holds, in characters or bytes of the queries' raw form. Two generations live; compiled, a query
 * takes up to fifty times its raw form in memory.
 */
const maxWeight = 512 * 1024;
/** A query longer than this is compiled each time: it costs more to remember than it saves. */
const maxRawLength = 4096;

/** Compiles raw queries, each text once. */
export interface QueryCache {
  /** Where a namespace is given, as the query of somebody for whom only its clients exist. */
  compile(codec: Codec, raw: Raw, namespace: string | null): QueryResult;
}

/**
 * Remembers compiled queries by the very text or bytes they came in, which is what clients repeat. Two generations
 * stand in for an exact order of use: when the young one is full it becomes the old one, and what is still used
 * moves back as it is hit. Only valid queries are kept. Those of namespaces are kept apart, all together.
 */
export function createQueryCache(): QueryCache {
  const shelves = createShelves();
  const narrowed = createShelves();
  return {
    compile(codec, raw, namespace) {
      if (namespace !== null) return compileWithin(narrowed, codec, raw, namespace);
      if (raw.length > maxRawLength) return parseQuery(codec.decode(raw));
      const shelf = shelves[codec.encoding];
      const key = typeof raw === "string" ? raw : latin1(raw);
      return shelf.get(key) ?? shelf.add(ownText(key), parseQuery(codec.decode(raw)));
    },
  };
}

type Shelves = Record<Encoding, Shelf>;

function createShelves(): Shelves {
  return { json: createShelf(), msgpack: createShelf(), etf: createShelf() };
}

function compileWithin(shelves: Shelves, codec: Codec, raw: Raw, namespace: string): QueryResult {
  const shelf = shelves[codec.encoding];
  const isKept = raw.length <= maxRawLength;
  const key = isKept ? `${namespace.length} ${namespace}${typeof raw === "string" ? raw : latin1(raw)}` : "";
  const known = isKept ? shelf.get(key) : undefined;
  if (known !== undefined) return known;
  const parsed = parseQuery(codec.decode(raw));
  if (!parsed.ok) return parsed;
  const result: QueryResult = { ok: true, query: narrowToNamespace(parsed.query, namespace) };
  return isKept ? shelf.add(key, result) : result;
}

interface Shelf {
  get(key: string): QueryResult | undefined;
  add(key: string, parsed: QueryResult): QueryResult;
}

function createShelf(): Shelf {
  let young = new Map<string, QueryResult>();
  let old = new Map<string, QueryResult>();
  let weight = 0;

  function add(key: string, parsed: QueryResult): QueryResult {
    if (!parsed.ok) return parsed;
    if (weight >= maxWeight) {
      old = young;
      young = new Map();
      weight = 0;
    }
    weight += key.length;
    young.set(key, parsed);
    return parsed;
  }

  return {
    get(key) {
      const hit = young.get(key);
      if (hit !== undefined) return hit;
      const aged = old.get(key);
      return aged === undefined ? undefined : add(ownText(key), aged);
    },
    add,
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
