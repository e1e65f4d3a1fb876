import type { DeathCause, MessageState } from "../../ports/queue-store.ts";
import { type Column, createColumns } from "./column.ts";

/**
 * What memory holds of every message, a number per field: bodies are in the store. Numbers instead of objects, because
 * a million messages take some 90 MB this way and nothing of the garbage collector's time, and 230 MB as objects.
 */
export interface MessageTable {
  /** 0 where there is no message. */
  readonly seq: Column;
  /** Its place among messages of one priority: the lower goes first. */
  readonly turn: Column;
  /** When something happens to it by itself, in ms since the epoch; 0 where nothing does. For dead ones, when they died. */
  readonly dueMs: Column;
  /** When a delay ends, should its time to live not be over before. */
  readonly readyMs: Column;
  /** When its time to live is over, in ms since the epoch; 0 where it has none. */
  readonly expiresMs: Column;
  readonly pushedMs: Column;
  /** Number of its lane. */
  readonly lane: Column;
  readonly bytes: Column;
  readonly attempt: Column;
  /** How often this slot was leased, by whatever message: tells leases apart. */
  readonly lease: Column;
  readonly maxAttempts: Column;
  readonly priority: Column;
  readonly state: Column;
  readonly cause: Column;
  /** Neighbours in the one list that it is in; -1 where there is none. */
  readonly next: Column;
  readonly previous: Column;
  /** Its place in the heap of what is due; -1 where it is not in there. */
  readonly heapAt: Column;
  /** A slot for one more message, its columns to be filled. */
  allot(): number;
  /** Gives a slot back. */
  free(slot: number): void;
  /** Messages there are. */
  readonly size: number;
  /** Every message is in a slot below this one. */
  readonly slots: number;
}

/** A message, and how to tell whether its slot is still its own. */
export interface MessageRef {
  readonly slot: number;
  readonly seq: number;
}

/** States and causes as columns hold them. */
export const states: readonly MessageState[] = ["ready", "leased", "delayed", "dead"];
export const ready = 0;
export const leased = 1;
export const delayed = 2;
export const dead = 3;
export const causes: readonly (DeathCause | null)[] = [null, "attempts", "expired", "rejected", "unreadable"];

export function createMessageTable(): MessageTable {
  const { columns, grow } = createColumns({
    seq: "float",
    turn: "float",
    dueMs: "float",
    readyMs: "float",
    expiresMs: "float",
    pushedMs: "float",
    lane: "int",
    bytes: "int",
    attempt: "int",
    lease: "int",
    maxAttempts: "int",
    priority: "int",
    state: "int",
    cause: "int",
    next: "int",
    previous: "int",
    heapAt: "int",
  });
  const free: number[] = [];
  let used = 0;
  return {
    ...columns,
    allot() {
      const again = free.pop();
      if (again !== undefined) return again;
      grow(used);
      return used++;
    },
    free(slot) {
      columns.seq.set(slot, 0);
      free.push(slot);
    },
    get size() {
      return used - free.length;
    },
    get slots() {
      return used;
    },
  };
}
