import { ownText } from "../../kernel/own-text.ts";
import type { DeathCause, Standing } from "../../ports/queue-store.ts";
import { createDueHeap, type DueHeap } from "./due-heap.ts";
import { createLane, type Lane, type LaneTerms, lineUp, stepOut } from "./lane.ts";
import {
  causes,
  createMessageTable,
  dead,
  delayed,
  leased,
  type MessageRef,
  type MessageTable,
  ready,
  states,
} from "./message-table.ts";
import { type Consumer, countMessages, createQueueState, type QueueState } from "./queue-state.ts";
import { append, insertByTurn, remove, type SlotList } from "./slot-list.ts";

/** A message that is on disk, as it enters the book. */
export interface NewMessage<C> {
  readonly seq: number;
  /** Its place among messages of one priority: the lower goes first. */
  readonly turn: number;
  readonly lane: Lane<C>;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly pushedMs: number;
  /** 0 is never. */
  readonly expiresMs: number;
  readonly bytes: number;
}

/** All queues, and where every message of them stands. Its functions keep lists, counts and the heap in step. */
export interface Book<C> {
  readonly table: MessageTable;
  readonly heap: DueHeap;
  readonly queues: ReadonlyMap<string, QueueState<C>>;
  /** How many lanes there are, and the length of all their targets. */
  readonly laneCount: number;
  readonly targetLength: number;
  /** Lanes whose target has `optional` and something to set aside. */
  readonly optional: ReadonlySet<Lane<C>>;
  /** Who holds a message, or held it last while nobody else got it. */
  readonly holders: Map<number, Consumer<C>>;
  /** The queue of that name; made where it does not exist. */
  queue(name: string): QueueState<C>;
  /** The lane of a target; made of its terms where there is none. The caller counts as one of its users from now on. */
  lane(queue: QueueState<C>, target: string, terms: LaneTerms | null): Lane<C>;
  laneOf(slot: number): Lane<C>;
  /** A message as one that may have gone by the time it is looked at again. */
  refer(slot: number): MessageRef;
  /** Whether the message is there still. */
  has(message: MessageRef): boolean;
  /** One user of a lane less. */
  leaveLane(lane: Lane<C>): void;
  /** Forgets a queue that nobody has anything to do with. */
  sweep(queue: QueueState<C>): void;
  /** Enters a message, in no state yet; the user of its lane that was counted for it is this message now. */
  enter(message: NewMessage<C>): number;
  /** Lines it up where its turn says, as `toDelayed` does. */
  toReady(slot: number): void;
  toLeased(slot: number, untilMs: number, consumer: Consumer<C>): void;
  toDelayed(slot: number, untilMs: number): void;
  toDead(slot: number, cause: DeathCause, atMs: number): void;
  /** Takes a message out of the state that it is in; it must be put into another one, or dropped, at once. */
  leave(slot: number): void;
  /** Notes that a consumer has to do with a queue, or no more where it neither asks nor holds. */
  stake(consumer: Consumer<C>, queue: QueueState<C>): void;
  /** Nobody holds a message, or held it last, any more. */
  letGo(slot: number): void;
  /** The message is gone; it has left its state. */
  drop(slot: number): void;
  standing(slot: number): Standing;
}

export function createBook<C>(): Book<C> {
  const table = createMessageTable();
  const heap = createDueHeap(table);
  const queues = new Map<string, QueueState<C>>();
  const holders = new Map<number, Consumer<C>>();
  const lanes: (Lane<C> | null)[] = [];
  const freeLanes: number[] = [];
  let targetLength = 0;
  const optional = new Set<Lane<C>>();

  const laneOf = (slot: number): Lane<C> => lanes[table.lane.get(slot)]!;

  /** The list of a message that is not ready. */
  function listOf(queue: QueueState<C>, state: number): SlotList {
    return state === leased ? queue.leased : state === delayed ? queue.delayed : queue.dead;
  }

  function due(slot: number, dueMs: number): void {
    table.dueMs.set(slot, dueMs);
    if (table.state.get(slot) !== dead) heap.place(slot);
  }

  function leaveLane(lane: Lane<C>): void {
    if (--lane.users > 0) return;
    lane.queue.lanes.delete(lane.target);
    optional.delete(lane);
    lanes[lane.number] = null;
    targetLength -= lane.target.length;
    freeLanes.push(lane.number);
    sweep(lane.queue);
  }

  function sweep(queue: QueueState<C>): void {
    if (queue.lanes.size === 0 && queue.line.open === 0 && !isKept(queue) && countMessages(queue) === 0) {
      queues.delete(queue.name);
    }
  }

  function letGo(slot: number): void {
    const holder = holders.get(slot);
    if (holder === undefined) return;
    holders.delete(slot);
    holder.holds.delete(table.seq.get(slot));
  }

  function stake(consumer: Consumer<C>, queue: QueueState<C>): void {
    const { stakes } = consumer;
    const known = stakes.get(queue.name);
    const hasOne = queue.line.openOf(consumer) > 0 || (known !== undefined && known.leased > 0);
    if (hasOne === (known !== undefined)) return;
    if (hasOne) stakes.set(queue.name, { leased: 0 });
    else stakes.delete(queue.name);
    queue.consumers += hasOne ? 1 : -1;
  }

  return {
    table,
    heap,
    queues,
    optional,
    get laneCount() {
      return lanes.length - freeLanes.length;
    },
    get targetLength() {
      return targetLength;
    },
    holders,
    laneOf,
    refer: (slot) => ({ slot, seq: table.seq.get(slot) }),
    has: ({ slot, seq }) => table.seq.get(slot) === seq,
    leaveLane,
    sweep,
    stake,
    letGo,
    queue(name) {
      const known = queues.get(name);
      if (known !== undefined) return known;
      const made = createQueueState<C>(ownText(name));
      queues.set(made.name, made);
      return made;
    },
    lane(queue, target, terms) {
      let lane = queue.lanes.get(target);
      if (lane === undefined) {
        const number = freeLanes.pop() ?? lanes.length;
        lane = createLane(number, queue, target, terms!);
        lanes[number] = lane;
        targetLength += target.length;
        queue.lanes.set(target, lane);
        if (lane.query.relaxed !== null) optional.add(lane);
      }
      lane.users++;
      return lane;
    },
    enter(message) {
      const slot = table.allot();
      table.seq.set(slot, message.seq);
      table.lane.set(slot, message.lane.number);
      table.priority.set(slot, message.priority);
      table.maxAttempts.set(slot, message.maxAttempts);
      table.pushedMs.set(slot, message.pushedMs);
      table.expiresMs.set(slot, message.expiresMs);
      table.bytes.set(slot, message.bytes);
      table.turn.set(slot, message.turn);
      table.attempt.set(slot, 0);
      table.cause.set(slot, 0);
      table.dueMs.set(slot, 0);
      table.readyMs.set(slot, 0);
      table.heapAt.set(slot, -1);
      return slot;
    },
    toReady(slot) {
      const lane = laneOf(slot);
      table.state.set(slot, ready);
      lineUp(table, lane, slot);
      lane.queue.ready++;
      due(slot, table.expiresMs.get(slot));
    },
    toLeased(slot, untilMs, consumer) {
      const { queue } = laneOf(slot);
      letGo(slot);
      table.state.set(slot, leased);
      append(table, queue.leased, slot);
      due(slot, untilMs);
      holders.set(slot, consumer);
      consumer.holds.set(table.seq.get(slot), slot);
      consumer.stakes.get(queue.name)!.leased++;
    },
    toDelayed(slot, untilMs) {
      const expiresMs = table.expiresMs.get(slot);
      table.state.set(slot, delayed);
      table.readyMs.set(slot, untilMs);
      insertByTurn(table, laneOf(slot).queue.delayed, slot);
      due(slot, expiresMs === 0 ? untilMs : Math.min(untilMs, expiresMs));
    },
    toDead(slot, cause, atMs) {
      table.state.set(slot, dead);
      table.cause.set(slot, causes.indexOf(cause));
      append(table, laneOf(slot).queue.dead, slot);
      due(slot, atMs);
    },
    leave(slot) {
      const lane = laneOf(slot);
      const { queue } = lane;
      const state = table.state.get(slot);
      heap.remove(slot);
      if (state === ready) {
        stepOut(table, lane, slot);
        queue.ready--;
        return;
      }
      remove(table, listOf(queue, state), slot);
      if (state !== leased) return;
      const holder = holders.get(slot)!;
      holder.stakes.get(queue.name)!.leased--;
      stake(holder, queue);
    },
    drop(slot) {
      letGo(slot);
      const lane = laneOf(slot);
      lane.queue.bytes -= table.bytes.get(slot);
      table.free(slot);
      leaveLane(lane);
    },
    standing: (slot) => ({
      state: states[table.state.get(slot)]!,
      attempt: table.attempt.get(slot),
      turn: table.turn.get(slot),
      dueMs: standingDue(slot),
      expiresMs: table.expiresMs.get(slot),
      cause: causes[table.cause.get(slot)]!,
    }),
  };

  function standingDue(slot: number): number {
    const state = table.state.get(slot);
    return state === ready ? 0 : state === delayed ? table.readyMs.get(slot) : table.dueMs.get(slot);
  }
}

/** Whether a queue is there though it has neither messages nor requests. */
function isKept<C>({ paused, pins }: QueueState<C>): boolean {
  return paused || pins > 0;
}

/** When the message was pushed that has waited longest, of those that go first in their lines; `null` where none is ready. */
export function oldestReadyMs<C>({ table }: Book<C>, queue: QueueState<C>): number | null {
  let oldest: number | null = null;
  for (const { lists } of queue.open) {
    for (const { head } of lists) {
      if (head === -1) continue;
      const pushedMs = table.pushedMs.get(head);
      if (oldest === null || pushedMs < oldest) oldest = pushedMs;
    }
  }
  return oldest;
}
