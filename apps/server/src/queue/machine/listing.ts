import type { MessageState } from "../../ports/queue-store.ts";
import type { Book } from "./book.ts";
import type { QueueState } from "./queue-state.ts";
import type { SlotList } from "./slot-list.ts";

/** One page of messages. `next` continues behind it; `null` where this was the last one. */
export interface Page {
  readonly slots: number[];
  readonly next: string | null;
}

/** Looks through the messages of a queue, for people. */
export interface Listing<C> {
  /** Messages in one state, in order: those that are ready as they would be given out, others by turn. */
  page(queue: QueueState<C>, state: MessageState, limit: number, maxBytes: number, after: string | null): Page;
  /** All messages in a state other than ready. */
  slots(queue: QueueState<C>, state: Exclude<MessageState, "ready">): number[];
  /** Those of a queue that have one of some numbers. */
  find(queue: QueueState<C>, seqs: ReadonlySet<number | null>): number[];
}

/** A place in the order of messages: behind it is what has a lower priority, or the same and a later turn. */
interface Place {
  readonly priority: number;
  readonly turn: number;
}

export function createListing<C>({ table }: Book<C>): Listing<C> {
  function* walk(list: SlotList): Generator<number> {
    for (let slot = list.head; slot !== -1; slot = table.next.get(slot)) yield slot;
  }

  function* everything(queue: QueueState<C>): Generator<number> {
    for (const list of [queue.leased, queue.delayed, queue.dead]) yield* walk(list);
    for (const lane of queue.open) for (const list of lane.lists) yield* walk(list);
  }

  /** The lists of one state, each of them in order. */
  function listsOf(queue: QueueState<C>, state: MessageState): SlotList[] {
    if (state === "ready") return queue.open.flatMap(({ lists }) => lists.filter(({ size }) => size > 0));
    return [state === "leased" ? queue.leased : state === "delayed" ? queue.delayed : queue.dead];
  }

  /** Priorities order those that are ready and nobody else. */
  function placeOf(slot: number, state: MessageState): Place {
    return { priority: state === "ready" ? table.priority.get(slot) : 0, turn: table.turn.get(slot) };
  }

  /** Merges lists that are in order. */
  function* merge(lists: readonly SlotList[], state: MessageState): Generator<number> {
    const heads = lists.map(({ head }) => head);
    for (;;) {
      let first = -1;
      for (let i = 0; i < heads.length; i++) {
        if (heads[i] === -1) continue;
        if (first === -1 || isBehind(placeOf(heads[first]!, state), placeOf(heads[i]!, state))) first = i;
      }
      if (first === -1) return;
      const slot = heads[first]!;
      heads[first] = table.next.get(slot);
      yield slot;
    }
  }

  function inOrder(queue: QueueState<C>, state: MessageState): Iterable<number> {
    const lists = listsOf(queue, state);
    // Those that are leased are few, and listed as they were given out.
    return state === "leased" ? byTurn([...walk(queue.leased)]) : merge(lists, state);
  }

  function byTurn(slots: number[]): number[] {
    return slots.sort((a, b) => table.turn.get(a) - table.turn.get(b));
  }

  return {
    page(queue, state, limit, maxBytes, after) {
      const start = after === null ? null : parsePlace(after);
      const slots: number[] = [];
      let bytes = 0;
      let last: Place | null = null;
      for (const slot of inOrder(queue, state)) {
        const place = placeOf(slot, state);
        if (start !== null && !isBehind(place, start)) continue;
        if (last !== null && (slots.length >= limit || bytes >= maxBytes)) return { slots, next: formatPlace(last) };
        slots.push(slot);
        bytes += table.bytes.get(slot);
        last = place;
      }
      return { slots, next: null };
    },
    slots: (queue, state) => [...listsOf(queue, state).flatMap((list) => [...walk(list)])],
    find(queue, seqs) {
      const found: number[] = [];
      for (const slot of everything(queue)) {
        if (seqs.has(table.seq.get(slot)) && found.push(slot) === seqs.size) break;
      }
      return found;
    },
  };
}

function isBehind(place: Place, other: Place): boolean {
  return place.priority === other.priority ? place.turn > other.turn : place.priority < other.priority;
}

function formatPlace({ priority, turn }: Place): string {
  return `${priority}.${turn}`;
}

/** Reads what `formatPlace` wrote; `null`, which is the beginning, for anything else. */
function parsePlace(text: string): Place | null {
  const parts = /^(\d)\.(\d{1,16})$/.exec(text);
  return parts === null ? null : { priority: Number(parts[1]), turn: Number(parts[2]) };
}
