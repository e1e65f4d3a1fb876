import type { Member } from "../member/member.ts";
import type { Path } from "../path/path.ts";
import { resolvePath, resolveVersion } from "../path/resolve.ts";
import { type IndexKey, indexKey, versionIndexKey } from "../value/text.ts";
import type { PathIndexBase } from "./path-index.ts";
import { createSlotFile, type SlotFile } from "./slot-file.ts";

/** Files members by the value at a path: answers `$eq` and `$in`. */
export interface HashIndex extends PathIndexBase {
  readonly kind: "hash";
  /** The members filed under a key. A member is filed once, so what two keys find never overlaps. */
  readonly find: SlotFile["find"];
}

/** Makes an empty hash index. */
export function createHashIndex(path: Path): HashIndex {
  const file = createSlotFile();
  const keys: (IndexKey | undefined)[] = [];

  const drop = (slot: number): void => {
    const key = keys[slot];
    if (key === undefined) return;
    file.take(key, slot);
    keys[slot] = undefined;
  };

  return {
    kind: "hash",
    path,
    find: file.find,
    set(slot, member) {
      const key = keyOf(path, member);
      if (key === keys[slot]) return 0;
      drop(slot);
      if (key === undefined) return 1;
      file.add(key, slot);
      keys[slot] = key;
      return 1;
    },
    remove: drop,
    move(from, to) {
      const key = keys[from];
      keys[to] = key;
      keys[from] = undefined;
      if (key !== undefined) file.rename(key, from, to);
    },
  };
}

function keyOf(path: Path, member: Member): IndexKey | undefined {
  const version = resolveVersion(path, member);
  if (version !== null) return versionIndexKey(version);
  const value = resolvePath(path, member);
  return value === undefined ? undefined : indexKey(value);
}
