import type { MessageTable } from "./message-table.ts";

/** A list of messages, linked through the table: every message is in one list at a time. */
export interface SlotList {
  /** -1 where the list is empty. */
  head: number;
  tail: number;
  size: number;
  /** What was put in by turn last: what follows mostly belongs near it. -1 is the front. */
  finger: number;
}

export function createSlotList(): SlotList {
  return { head: -1, tail: -1, size: 0, finger: -1 };
}

/** Puts a message at the end. */
export function append(table: MessageTable, list: SlotList, slot: number): void {
  insertAfter(table, list, list.tail, slot);
}

/**
 * Puts a message where its turn says, looking from the last one put so: those that were given out together come back
 * together, and a walk from the head for each would take the square of their number.
 */
export function insertByTurn(table: MessageTable, list: SlotList, slot: number): void {
  const turn = table.turn.get(slot);
  // The usual case.
  if (list.tail === -1 || table.turn.get(list.tail) < turn) return append(table, list, slot);
  let before = list.finger;
  while (before !== -1 && table.turn.get(before) > turn) before = table.previous.get(before);
  let next = before === -1 ? list.head : table.next.get(before);
  while (next !== -1 && table.turn.get(next) < turn) {
    before = next;
    next = table.next.get(next);
  }
  insertAfter(table, list, before, slot);
  list.finger = slot;
}

/** Takes a message out. */
export function remove(table: MessageTable, list: SlotList, slot: number): void {
  const previous = table.previous.get(slot);
  const next = table.next.get(slot);
  if (previous === -1) list.head = next;
  else table.next.set(previous, next);
  if (next === -1) list.tail = previous;
  else table.previous.set(next, previous);
  if (list.finger === slot) list.finger = previous;
  list.size--;
}

/** Puts a message behind another one of the list; -1 is the front. */
function insertAfter(table: MessageTable, list: SlotList, before: number, slot: number): void {
  const next = before === -1 ? list.head : table.next.get(before);
  table.previous.set(slot, before);
  table.next.set(slot, next);
  if (before === -1) list.head = slot;
  else table.next.set(before, slot);
  if (next === -1) list.tail = slot;
  else table.previous.set(next, slot);
  list.size++;
}
