import { type Attribute, sizeUpTo } from "@singyeong/query";

/** How much metadata one client may hold. */
export interface MetadataLimits {
  readonly maxMetadataKeys: number;
  /** Bound on the values of more than {@link lightBytes} together, in characters and entries. */
  readonly maxMetadataBytes: number;
}

/** Values up to this size are bounded by the number of keys alone, so that keeping account of them costs nothing. */
const lightBytes = 1024;

/** Sizes of a client's heavy values, by key; `null` while it has none, as nearly all clients do. */
export type HeavyValues = Map<string, number> | null;

type Changes = ReadonlyMap<string, Attribute | null>;

/**
 * What a client's heavy values become by a change, or the sentence that refuses it. `keys` and `heavy` are what it
 * has before; `keeps` is false where keys that are not mentioned go.
 */
export function boundMetadata(
  keys: ReadonlyMap<string, unknown>,
  heavy: HeavyValues,
  changes: Changes,
  keeps: boolean,
  limits: MetadataLimits,
): { readonly heavy: HeavyValues } | string {
  let count = keeps ? keys.size : 0;
  const next = new Map(keeps ? heavy : null);
  for (const [key, attribute] of changes) {
    if (keeps && keys.has(key)) count--;
    next.delete(key);
    if (attribute === null) continue;
    count++;
    const size = sizeUpTo(attribute.value, limits.maxMetadataBytes);
    if (size > lightBytes) next.set(key, size);
  }
  if (count > limits.maxMetadataKeys) return `a client has at most ${limits.maxMetadataKeys} metadata keys`;
  let total = 0;
  for (const size of next.values()) total += size;
  if (total > limits.maxMetadataBytes) return `a client's metadata is at most ${limits.maxMetadataBytes} bytes`;
  return { heavy: next.size === 0 ? null : next };
}
