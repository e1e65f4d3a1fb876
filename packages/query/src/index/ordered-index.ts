import { NUMBER_KIND, type OrderKey, type OrderKind, STRING_KIND, VERSION_KIND } from "../compile/lookup.ts";
import { isNumber } from "../compile/relation.ts";
import type { Member } from "../member/member.ts";
import type { Path } from "../path/path.ts";
import { resolvePath, resolveVersion } from "../path/resolve.ts";
import type { PathIndexBase } from "./path-index.ts";
import { buildSortedChunks, createSortedChunks, insertEntry, removeEntry, type SortedChunks } from "./sorted-chunks.ts";

/** Sorts members by the value at a path, numbers, versions and strings apart: answers ranges, `$min` and `$max`. */
export interface OrderedIndex extends PathIndexBase {
  readonly kind: "ordered";
  /** One sequence per {@link OrderKind}, at its number. */
  readonly sorted: readonly SortedChunks[];
}

/** No value that can be ordered. */
const NO_KIND = -1;

/** Makes an ordered index over a population's members. */
export function createOrderedIndex(path: Path, members: readonly Member[]): OrderedIndex {
  const keys: (OrderKey | undefined)[] = [];
  const kinds: (OrderKind | -1)[] = [];
  const slots: number[][] = [[], [], []];
  for (let slot = 0; slot < members.length; slot++) {
    const kind = kindAt(path, members[slot]!);
    kinds.push(kind);
    keys.push(kind === NO_KIND ? undefined : keyAt(path, members[slot]!, kind));
    if (kind !== NO_KIND) slots[kind]!.push(slot);
  }
  const sorted = slots.map((each) =>
    each.length === 0 ? createSortedChunks() : buildSortedChunks(each, (slot) => keys[slot]!),
  );

  const remove = (slot: number): void => {
    const kind = kinds[slot] ?? NO_KIND;
    if (kind === NO_KIND) return;
    removeEntry(sorted[kind]!, keys[slot]!, slot);
    kinds[slot] = NO_KIND;
    keys[slot] = undefined;
  };
  const put = (slot: number, kind: OrderKind | -1, key: OrderKey | undefined): void => {
    kinds[slot] = kind;
    keys[slot] = key;
    if (kind !== NO_KIND) insertEntry(sorted[kind]!, key!, slot);
  };

  return {
    kind: "ordered",
    path,
    sorted,
    set(slot, member) {
      const kind = kindAt(path, member);
      const key = kind === NO_KIND ? undefined : keyAt(path, member, kind);
      if (kind === (kinds[slot] ?? NO_KIND) && key === keys[slot]) return 0;
      remove(slot);
      put(slot, kind, key);
      return 1;
    },
    remove,
    move(from, to) {
      const kind = kinds[from] ?? NO_KIND;
      const key = keys[from];
      remove(from);
      put(to, kind, key);
    },
  };
}

/** Which kind of orderable value a member has at a path, −1 for none. */
export function kindAt(path: Path, member: Member): OrderKind | -1 {
  if (resolveVersion(path, member) !== null) return VERSION_KIND;
  const value = resolvePath(path, member);
  if (value === undefined) return NO_KIND;
  return isNumber(value) ? NUMBER_KIND : typeof value === "string" ? STRING_KIND : NO_KIND;
}

/** What a member that has a value of this kind at a path is ordered by there. */
export function keyAt(path: Path, member: Member, kind: OrderKind): OrderKey {
  return kind === VERSION_KIND ? resolveVersion(path, member)! : (resolvePath(path, member) as OrderKey);
}
