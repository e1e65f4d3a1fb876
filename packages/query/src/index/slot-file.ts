import type { IndexKey } from "../value/text.ts";
import { addSlot, createSlotSet, removeSlot, renameSlot, type SlotSet } from "./slot-set.ts";

/**
 * Slots filed under keys. Ids that only one client holds are what routing looks up most, so a key with one slot holds
 * the bare number: nothing more to keep in memory, nothing more to fetch from it.
 */
export interface SlotFile {
  /** Files a slot that is not yet under this key. */
  add(key: IndexKey, slot: number): void;
  /** Takes out a slot that is under this key. */
  take(key: IndexKey, slot: number): void;
  /** Lets `to` stand where `from` stood under this key. */
  rename(key: IndexKey, from: number, to: number): void;
  /** The one slot under a key, or the dense list of several, only to be read; `undefined` for none. */
  find(key: IndexKey): number | readonly number[] | undefined;
}

/** Makes an empty file. */
export function createSlotFile(): SlotFile {
  const files = new Map<IndexKey, number | SlotSet>();
  return {
    add(key, slot) {
      const filed = files.get(key);
      if (filed === undefined) files.set(key, slot);
      else if (typeof filed === "number") files.set(key, createSlotSet(filed, slot));
      else addSlot(filed, slot);
    },
    take(key, slot) {
      const filed = files.get(key)!;
      if (typeof filed === "number") {
        files.delete(key);
        return;
      }
      removeSlot(filed, slot);
      if (filed.slots.length === 1) files.set(key, filed.slots[0]!);
    },
    rename(key, from, to) {
      const filed = files.get(key)!;
      if (typeof filed === "number") files.set(key, to);
      else renameSlot(filed, from, to);
    },
    find(key) {
      const filed = files.get(key);
      return typeof filed === "object" ? filed.slots : filed;
    },
  };
}
