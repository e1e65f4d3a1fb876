import type { Clock } from "../ports/clock.ts";
import type { Engine } from "../queue/engine.ts";
import type { Lane } from "../queue/machine/lane.ts";
import type { MessageTable } from "../queue/machine/message-table.ts";
import type { QueueState } from "../queue/machine/queue-state.ts";
import type { SlotList } from "../queue/machine/slot-list.ts";
import type { Taker } from "../queue/taker.ts";
import type { GroupPattern } from "./groups.ts";
import { createPatternIndex } from "./pattern-index.ts";

/** Removes what groups have left of topics that they do not have any more. */
export interface Sweeping {
  /** Removes the messages of a queue whose topics none of the patterns covers, by and by; dead ones stay. */
  clear(queue: QueueState<Taker>, patterns: Iterable<GroupPattern>): void;
}

/** Messages removed in one go; others get their turn in between. */
const maxRemoved = 1000;

export function createSweeping({ book, machine, changed, lastNumber }: Engine, clock: Clock): Sweeping {
  const { table } = book;

  /** Messages of some lanes up to a number, a thousand at most. */
  function collect(queue: QueueState<Taker>, lanes: ReadonlySet<Lane<Taker>>, lastSeq: number): number[] {
    const slots: number[] = [];
    const take = (slot: number): boolean => {
      if (table.seq.get(slot) <= lastSeq && lanes.has(book.laneOf(slot))) slots.push(slot);
      return slots.length < maxRemoved;
    };
    for (const lane of lanes) for (const list of lane.lists) walk(table, list, take);
    walk(table, queue.delayed, take);
    walk(table, queue.leased, take);
    return slots;
  }

  function remove(queue: QueueState<Taker>, lanes: ReadonlySet<Lane<Taker>>, lastSeq: number): void {
    const slots = collect(queue, lanes, lastSeq);
    for (const slot of slots) machine.discard(slot);
    changed();
    if (slots.length >= maxRemoved) clock.after(0, () => remove(queue, lanes, lastSeq));
  }

  return {
    clear(queue, patterns) {
      // Nearly always nothing is left, and there may be many patterns.
      if (queue.lanes.size === 0) return;
      const index = createPatternIndex<null>();
      for (const { pattern } of patterns) index.add(pattern, null);
      const lanes = new Set<Lane<Taker>>();
      for (const lane of queue.lanes.values()) if (!index.covers(lane.topic!.segments)) lanes.add(lane);
      // What is published from now on is for those who subscribe from now on.
      if (lanes.size > 0) remove(queue, lanes, lastNumber());
    },
  };
}

function walk(table: MessageTable, list: SlotList, take: (slot: number) => boolean): void {
  for (let slot = list.head; slot !== -1 && take(slot); slot = table.next.get(slot));
}
