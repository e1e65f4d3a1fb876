import type { MessageTable } from "./message-table.ts";

/** Messages to which something will happen by itself, the earliest first, and of equals that of the lowest turn. */
export interface DueHeap {
  /** Puts a message in, or moves it, by its `dueMs`; one that is due at 0 is taken out. */
  place(slot: number): void;
  remove(slot: number): void;
  /** The earliest; -1 where there is none. */
  readonly first: number;
  readonly size: number;
}

/** A binary heap that knows the place of each of its messages, so that any of them can be moved and removed. */
export function createDueHeap({ dueMs, turn, heapAt }: MessageTable): DueHeap {
  const heap: number[] = [];

  /** Those that are due at one moment go by turn: what was pushed together with one delay stays in order. */
  function isBefore(slot: number, other: number): boolean {
    const due = dueMs.get(slot);
    const otherDue = dueMs.get(other);
    return due === otherDue ? turn.get(slot) < turn.get(other) : due < otherDue;
  }

  function put(at: number, slot: number): void {
    heap[at] = slot;
    heapAt.set(slot, at);
  }

  function rise(at: number, slot: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(slot, heap[parent]!)) break;
      put(at, heap[parent]!);
      at = parent;
    }
    put(at, slot);
  }

  function sink(at: number, slot: number): void {
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, slot)) break;
      put(at, heap[child]!);
      at = child;
    }
    put(at, slot);
  }

  /** Brings a message that stands somewhere to where it belongs. */
  function settle(at: number, slot: number): void {
    if (at > 0 && isBefore(slot, heap[(at - 1) >> 1]!)) rise(at, slot);
    else sink(at, slot);
  }

  function remove(slot: number): void {
    const at = heapAt.get(slot);
    if (at === -1) return;
    heapAt.set(slot, -1);
    const last = heap.pop()!;
    if (last !== slot) settle(at, last);
  }

  return {
    place(slot) {
      const at = heapAt.get(slot);
      if (dueMs.get(slot) === 0) remove(slot);
      else if (at === -1) rise(heap.push(slot) - 1, slot);
      else settle(at, slot);
    },
    remove,
    get first() {
      return heap.length === 0 ? -1 : heap[0]!;
    },
    get size() {
      return heap.length;
    },
  };
}
