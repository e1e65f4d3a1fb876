import type { Member } from "../member/member.ts";
import type { Path } from "../path/path.ts";
import { resolvePath, resolveVersion } from "../path/resolve.ts";
import { type IndexKey, indexKey, versionIndexKey } from "../value/text.ts";
import type { PathIndexBase } from "./path-index.ts";
import { addSlot, createSlotSet, removeSlot, renameSlot, type SlotSet } from "./slot-set.ts";

/** Files members by the value at a path: answers `$eq` and `$in`. */
export interface HashIndex extends PathIndexBase {
  readonly kind: "hash";
  /** The members filed under a key. A member is filed once, so two buckets never overlap. */
  bucket(key: IndexKey): SlotSet | undefined;
}

/** Makes an empty hash index. */
export function createHashIndex(path: Path): HashIndex {
  const buckets = new Map<IndexKey, SlotSet>();
  const keys: (IndexKey | undefined)[] = [];

  const drop = (slot: number): void => {
    const key = keys[slot];
    if (key === undefined) return;
    const bucket = buckets.get(key)!;
    removeSlot(bucket, slot);
    if (bucket.slots.length === 0) buckets.delete(key);
    keys[slot] = undefined;
  };

  return {
    kind: "hash",
    path,
    bucket: (key) => buckets.get(key),
    set(slot, member) {
      const key = keyOf(path, member);
      if (key === keys[slot]) return 0;
      drop(slot);
      if (key === undefined) return 1;
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, createSlotSet(slot));
      else addSlot(bucket, slot);
      keys[slot] = key;
      return 1;
    },
    remove: drop,
    move(from, to) {
      const key = keys[from];
      keys[to] = key;
      keys[from] = undefined;
      if (key !== undefined) renameSlot(buckets.get(key)!, from, to);
    },
  };
}

function keyOf(path: Path, member: Member): IndexKey | undefined {
  const version = resolveVersion(path, member);
  if (version !== null) return versionIndexKey(version);
  const value = resolvePath(path, member);
  return value === undefined ? undefined : indexKey(value);
}
