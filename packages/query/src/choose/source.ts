import type { KeyRange, Lookup } from "../compile/lookup.ts";
import type { ContainsIndex } from "../index/contains-index.ts";
import type { HashIndex } from "../index/hash-index.ts";
import type { OrderedIndex } from "../index/ordered-index.ts";
import {
  AFTER_ALL,
  BEFORE_ALL,
  CHUNK_CAPACITY,
  chunkOf,
  endPlace,
  estimateBetween,
  offsetOf,
  type SortedChunks,
  seekPlace,
} from "../index/sorted-chunks.ts";

/** A stretch of a sorted sequence, from one place up to another. */
interface Span {
  readonly sorted: SortedChunks;
  readonly from: number;
  readonly to: number;
}

/**
 * The slots a query starts from. One of: everyone (`all`), a single slot (`one`), one bucket of an index, several that
 * do not overlap, or spans of an ordered index. Kept with the plan and filled anew for every query, so that choosing allocates little.
 */
export interface Source {
  kind: "all" | "one" | "bucket" | "buckets" | "spans";
  /** How many slots; estimated for spans, and then never 0 where there are some. */
  size: number;
  slot: number;
  bucket: readonly number[];
  readonly buckets: (readonly number[])[];
  readonly spans: Span[];
}

const EMPTY: readonly number[] = [];

/** Makes the source that is a whole population of this size; also a blank to fill. */
export function createSource(size: number): Source {
  return { kind: "all", size, slot: 0, bucket: EMPTY, buckets: [], spans: [] };
}

/** Fills a source with what an index finds; answers its size. */
export function fillSource(source: Source, index: HashIndex | ContainsIndex | OrderedIndex, lookup: Lookup): number {
  if (lookup.kind === "ordered") return fillSpans(source, (index as OrderedIndex).sorted, lookup.ranges);
  const { keys } = lookup;
  const buckets = index as HashIndex | ContainsIndex;
  if (keys.length === 1) {
    const found = buckets.find(keys[0]!);
    if (typeof found === "number") {
      source.kind = "one";
      source.slot = found;
      source.size = 1;
      return 1;
    }
    source.kind = "bucket";
    source.bucket = found ?? EMPTY;
    source.size = source.bucket.length;
    return source.size;
  }
  source.kind = "buckets";
  source.buckets.length = 0;
  source.size = 0;
  for (let i = 0; i < keys.length; i++) {
    const found = buckets.find(keys[i]!);
    if (found === undefined) continue;
    const bucket = typeof found === "number" ? [found] : found;
    source.buckets.push(bucket);
    source.size += bucket.length;
  }
  return source.size;
}

/** One uniform pick from a source that is not empty. */
export function drawSlot(source: Source, random: () => number): number {
  switch (source.kind) {
    case "all":
      return Math.floor(random() * source.size);
    case "one":
      return source.slot;
    case "bucket":
      return source.bucket[Math.floor(random() * source.size)]!;
    case "buckets":
      return drawFromBuckets(source, random);
    case "spans":
      return drawFromSpans(source.spans, random);
  }
}

/** Every slot of a source in one list, only to be read; `null` when it is everyone. */
export function listSlots(source: Source): readonly number[] | null {
  switch (source.kind) {
    case "all":
      return null;
    case "one":
      return [source.slot];
    case "bucket":
      return source.bucket;
    case "buckets":
      return source.buckets.flat();
    case "spans":
      return listSpans(source.spans);
  }
}

function fillSpans(source: Source, sorted: readonly SortedChunks[], ranges: readonly (KeyRange | null)[]): number {
  source.kind = "spans";
  source.spans.length = 0;
  source.size = 0;
  for (let kind = 0; kind < ranges.length; kind++) {
    const range = ranges[kind]!;
    const chunks = sorted[kind]!;
    if (range === null || chunks.size === 0) continue;
    const { low, high } = range;
    const from = low === null ? 0 : seekPlace(chunks, low, range.lowInclusive ? BEFORE_ALL : AFTER_ALL);
    const to = high === null ? endPlace(chunks) : seekPlace(chunks, high, range.highInclusive ? AFTER_ALL : BEFORE_ALL);
    const size = estimateBetween(chunks, from, to);
    if (size <= 0) continue;
    source.spans.push({ sorted: chunks, from, to });
    source.size += size;
  }
  return source.size;
}

function drawFromBuckets(source: Source, random: () => number): number {
  let rank = Math.floor(random() * source.size);
  for (const bucket of source.buckets) {
    if (rank < bucket.length) return bucket[rank]!;
    rank -= bucket.length;
  }
  return source.buckets[0]![0]!;
}

/**
 * Uniform over the entries of all spans without counting them: picks a chunk and an offset below the capacity, and
 * again until that is an entry. Chunks are at least a quarter full but for a few, so a handful of picks suffice.
 */
function drawFromSpans(spans: readonly Span[], random: () => number): number {
  const only = spans[0]!;
  if (spans.length === 1 && chunkOf(only.to) - chunkOf(only.from) <= 1) return drawFromNeighbours(only, random);
  let chunks = 0;
  for (let i = 0; i < spans.length; i++) chunks += chunkOf(spans[i]!.to) - chunkOf(spans[i]!.from) + 1;
  for (;;) {
    const pick = Math.floor(random() * chunks * CHUNK_CAPACITY);
    const slot = slotInSpans(spans, Math.floor(pick / CHUNK_CAPACITY), pick % CHUNK_CAPACITY);
    if (slot >= 0) return slot;
  }
}

/** Of a span within two neighbouring chunks, whose size is exact. */
function drawFromNeighbours({ sorted, from, to }: Span, random: () => number): number {
  const chunk = chunkOf(from);
  const offset = offsetOf(from) + Math.floor(random() * estimateBetween(sorted, from, to));
  const slots = sorted.slots[chunk]!;
  return offset < slots.length ? slots[offset]! : sorted.slots[chunk + 1]![offset - slots.length]!;
}

function slotInSpans(spans: readonly Span[], nth: number, offset: number): number {
  let rest = nth;
  for (let i = 0; i < spans.length; i++) {
    const { sorted, from, to } = spans[i]!;
    const chunk = chunkOf(from) + rest;
    if (chunk > chunkOf(to)) {
      rest = chunk - chunkOf(to) - 1;
      continue;
    }
    if (chunk === chunkOf(from) && offset < offsetOf(from)) return -1;
    if (chunk === chunkOf(to) && offset >= offsetOf(to)) return -1;
    return sorted.slots[chunk]![offset] ?? -1;
  }
  return -1;
}

function listSpans(spans: readonly Span[]): number[] {
  const list: number[] = [];
  for (const { sorted, from, to } of spans) {
    for (let chunk = chunkOf(from); chunk <= chunkOf(to); chunk++) {
      const slots = sorted.slots[chunk]!;
      const start = chunk === chunkOf(from) ? offsetOf(from) : 0;
      const end = chunk === chunkOf(to) ? offsetOf(to) : slots.length;
      for (let i = start; i < end; i++) list.push(slots[i]!);
    }
  }
  return list;
}
