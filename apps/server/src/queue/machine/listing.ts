import { maxPriority } from "@singyeong/protocol";
import type { MessageState } from "../../ports/queue-store.ts";
import type { Book } from "./book.ts";
import type { QueueState } from "./queue-state.ts";
import type { SlotList } from "./slot-list.ts";

/** One page of messages. `next` continues behind it; `null` where this was the last one. */
export interface Page {
  readonly slots: readonly number[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly state: MessageState;
  readonly limit: number;
  readonly maxBytes: number;
  /** The `next` of the page before; `null` for the first one. */
  readonly after: string | null;
}

/** Looks through the messages of a queue, for people. */
export interface Listing<C> {
  /** Messages in one state, in order: ready ones as they would be given out, others by turn. `null` where `after` is no `next`. */
  page(queue: QueueState<C>, request: PageRequest): Page | null;
  /** Messages in one state that were pushed no later than `lastSeq`, in no particular order; the first `limit` that there are. */
  some(queue: QueueState<C>, state: MessageState, lastSeq: number, limit: number): number[];
  /** Those of a queue that have one of some numbers. Looks at every message that there is. */
  find(queue: QueueState<C>, seqs: ReadonlySet<number>): number[];
}

/** A place in the order of messages: behind it is what has a lower priority, or the same and a later turn. */
interface Place {
  readonly priority: number;
  readonly turn: number;
}

/** Where a page begins that nothing comes before. */
const beginning: Place = { priority: maxPriority, turn: -1 };

export function createListing<C>({ table, laneOf }: Book<C>): Listing<C> {
  const turnOf = (slot: number): number => table.turn.get(slot);

  function* walk(list: SlotList): Generator<number> {
    for (let slot = list.head; slot !== -1; slot = table.next.get(slot)) yield slot;
  }

  /** The first message of a list whose turn comes after another; -1 where there is none. */
  function firstAfter(list: SlotList, turn: number): number {
    let slot = list.head;
    while (slot !== -1 && turnOf(slot) <= turn) slot = table.next.get(slot);
    return slot;
  }

  /** Merges lists that are in order of turns, from behind a turn on. */
  function* merge(lists: readonly SlotList[], after: number): Generator<number> {
    const heads = lists.map((list) => firstAfter(list, after)).filter((slot) => slot !== -1);
    // The earliest is at the end, where it is taken from.
    heads.sort((a, b) => turnOf(b) - turnOf(a));
    for (let slot = heads.pop(); slot !== undefined; slot = heads.pop()) {
      const next = table.next.get(slot);
      if (next !== -1) heads.splice(placeFor(heads, turnOf(next)), 0, next);
      yield slot;
    }
  }

  /** Where a turn belongs among heads, which stand from the latest to the earliest. */
  function placeFor(heads: readonly number[], turn: number): number {
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (turnOf(heads[middle]!) > turn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function* readyAfter(queue: QueueState<C>, start: Place): Generator<number> {
    for (let priority = start.priority; priority >= 0; priority--) {
      const lists = queue.open.map(({ lists }) => lists[priority]!).filter(({ size }) => size > 0);
      yield* merge(lists, priority === start.priority ? start.turn : -1);
    }
  }

  function inOrder(queue: QueueState<C>, state: MessageState, start: Place): Iterable<number> {
    if (state === "ready") return readyAfter(queue, start);
    if (state !== "leased") return merge([queue[state]], start.turn);
    // Those that are leased are few, and listed as they were given out.
    const slots = [...walk(queue.leased)].filter((slot) => turnOf(slot) > start.turn);
    return slots.sort((a, b) => turnOf(a) - turnOf(b));
  }

  function listsOf(queue: QueueState<C>, state: MessageState): readonly SlotList[] {
    return state === "ready" ? queue.open.flatMap(({ lists }) => lists) : [queue[state]];
  }

  return {
    page(queue, { state, limit, maxBytes, after }) {
      const start = after === null ? beginning : parsePlace(after);
      if (start === null) return null;
      const slots: number[] = [];
      let bytes = 0;
      for (const slot of inOrder(queue, state, start)) {
        if (slots.length >= limit || bytes >= maxBytes) {
          const last = slots.at(-1)!;
          return { slots, next: formatPlace({ priority: table.priority.get(last), turn: turnOf(last) }) };
        }
        slots.push(slot);
        bytes += table.bytes.get(slot);
      }
      return { slots, next: null };
    },
    some(queue, state, lastSeq, limit) {
      const slots: number[] = [];
      for (const list of listsOf(queue, state)) {
        for (const slot of walk(list)) {
          if (slots.length === limit) return slots;
          if (table.seq.get(slot) <= lastSeq) slots.push(slot);
        }
      }
      return slots;
    },
    find(queue, seqs) {
      const found: number[] = [];
      for (let slot = 0; slot < table.slots && found.length < seqs.size; slot++) {
        const seq = table.seq.get(slot);
        if (seq !== 0 && seqs.has(seq) && laneOf(slot).queue === queue) found.push(slot);
      }
      return found;
    },
  };
}

function formatPlace({ priority, turn }: Place): string {
  return `${priority}.${turn}`;
}

function parsePlace(text: string): Place | null {
  const parts = /^(\d)\.(\d{1,16})$/.exec(text);
  return parts === null ? null : { priority: Number(parts[1]), turn: Number(parts[2]) };
}
