import type { Path } from "../path/path.ts";
import { resolvePath } from "../path/resolve.ts";
import { type IndexKey, indexKey } from "../value/text.ts";
import { isMap, type Value } from "../value/value.ts";
import type { PathIndexBase } from "./path-index.ts";
import { addSlot, createSlotSet, removeSlot, renameSlot, type SlotSet } from "./slot-set.ts";

/** Files members by each element of the list, or each key of the map, at a path: answers `$contains`. */
export interface ContainsIndex extends PathIndexBase {
  readonly kind: "contains";
  /** The members whose list has this element or whose map has this key. */
  bucket(key: IndexKey): SlotSet | undefined;
}

const NONE: readonly IndexKey[] = [];

/** Makes an empty contains index. */
export function createContainsIndex(path: Path): ContainsIndex {
  const buckets = new Map<IndexKey, SlotSet>();
  const filed: (readonly IndexKey[] | undefined)[] = [];

  const take = (key: IndexKey, slot: number): void => {
    const bucket = buckets.get(key)!;
    removeSlot(bucket, slot);
    if (bucket.slots.length === 0) buckets.delete(key);
  };
  const put = (key: IndexKey, slot: number): void => {
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, createSlotSet(slot));
    else addSlot(bucket, slot);
  };

  return {
    kind: "contains",
    path,
    bucket: (key) => buckets.get(key),
    set(slot, member) {
      const before = filed[slot] ?? NONE;
      const after = elementKeys(resolvePath(path, member));
      if (isSame(before, after)) return 0;
      filed[slot] = after.length === 0 ? undefined : after;
      if (before.length === 0) {
        for (let i = 0; i < after.length; i++) put(after[i]!, slot);
        return after.length;
      }
      const kept = new Set(after);
      let changes = 0;
      for (const key of before) {
        if (kept.delete(key)) continue;
        take(key, slot);
        changes++;
      }
      for (const key of kept) put(key, slot);
      return changes + kept.size;
    },
    remove(slot) {
      for (const key of filed[slot] ?? NONE) take(key, slot);
      filed[slot] = undefined;
    },
    move(from, to) {
      const keys = filed[from];
      filed[to] = keys;
      filed[from] = undefined;
      for (const key of keys ?? NONE) renameSlot(buckets.get(key)!, from, to);
    },
  };
}

/** The distinct keys that a value is filed under; none for what `$contains` does not apply to. */
export function elementKeys(value: Value | undefined): readonly IndexKey[] {
  if (value === undefined) return NONE;
  if (Array.isArray(value)) return distinct((value as readonly Value[]).map(indexKey));
  return isMap(value) ? Object.keys(value).map(indexKey) : NONE;
}

/** Up to this many keys, comparing each with each is quicker than making a set. */
const FEW = 16;

function distinct(keys: IndexKey[]): readonly IndexKey[] {
  if (keys.length > FEW) return [...new Set(keys)];
  for (let i = 1; i < keys.length; i++) if (keys.indexOf(keys[i]!) < i) return [...new Set(keys)];
  return keys;
}

function isSame(a: readonly IndexKey[], b: readonly IndexKey[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
