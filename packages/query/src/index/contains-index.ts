import type { Path } from "../path/path.ts";
import { resolvePath } from "../path/resolve.ts";
import { type IndexKey, indexKey } from "../value/text.ts";
import { isMap, type Value } from "../value/value.ts";
import type { PathIndexBase } from "./path-index.ts";
import { createSlotFile, type SlotFile } from "./slot-file.ts";

/** Files members by each element of the list, or each key of the map, at a path: answers `$contains`. */
export interface ContainsIndex extends PathIndexBase {
  readonly kind: "contains";
  /** The members whose list has this element or whose map has this key. */
  readonly find: SlotFile["find"];
}

const NONE: readonly IndexKey[] = [];

/** Makes an empty contains index. */
export function createContainsIndex(path: Path): ContainsIndex {
  const file = createSlotFile();
  const filed: (readonly IndexKey[] | undefined)[] = [];

  return {
    kind: "contains",
    path,
    find: file.find,
    set(slot, member) {
      const before = filed[slot] ?? NONE;
      const after = elementKeys(resolvePath(path, member));
      if (isSame(before, after)) return 0;
      filed[slot] = after.length === 0 ? undefined : after;
      if (before.length === 0) {
        for (let i = 0; i < after.length; i++) file.add(after[i]!, slot);
        return after.length;
      }
      const kept = new Set(after);
      let changes = 0;
      for (const key of before) {
        if (kept.delete(key)) continue;
        file.take(key, slot);
        changes++;
      }
      for (const key of kept) file.add(key, slot);
      return changes + kept.size;
    },
    remove(slot) {
      for (const key of filed[slot] ?? NONE) file.take(key, slot);
      filed[slot] = undefined;
    },
    move(from, to) {
      const keys = filed[from];
      filed[to] = keys;
      filed[from] = undefined;
      for (const key of keys ?? NONE) file.rename(key, from, to);
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
