import { maxPriority } from "@singyeong/protocol";
import type { Query } from "@singyeong/query";
import type { MessageTable } from "./message-table.ts";
import type { QueueState } from "./queue-state.ts";
import { createSlotList, insertByTurn, remove, type SlotList } from "./slot-list.ts";

/** What a message of a topic is about. */
export interface Topic {
  readonly text: string;
  readonly segments: readonly string[];
}

/** What the messages of a lane have in common. */
export interface LaneTerms {
  readonly query: Query;
  /** Null where its queue is no group's. */
  readonly topic: Topic | null;
  /** True where its messages are in memory alone. */
  readonly isVolatile: boolean;
}

/**
 * The messages of one queue that have one target, and one topic where they have any. Who may take one of them may take all, so where the first cannot be
 * given out none can, and however many wait hold up nobody else.
 */
export interface Lane<C> extends LaneTerms {
  readonly number: number;
  readonly queue: QueueState<C>;
  /** JSON text of the query, or of topic and query. */
  readonly target: string;
  /** Those that are ready, by priority. */
  readonly lists: SlotList[];
  /** A bit for every priority that has some. */
  filled: number;
  /** Messages in any state, and pushes under way. */
  users: number;
  /** Its place among the queue's lanes that have ready messages; -1 where it has none. */
  openAt: number;
}

/** Stands in for the lists of priorities that were never used. */
const noMessages = createSlotList();

export function createLane<C>(number: number, queue: QueueState<C>, target: string, terms: LaneTerms): Lane<C> {
  const lists = new Array<SlotList>(maxPriority + 1).fill(noMessages);
  const { query, topic, isVolatile } = terms;
  return { number, queue, target, query, topic, isVolatile, lists, filled: 0, users: 0, openAt: -1 };
}

/** The priority of the message that goes first; the lane has one. */
export function firstPriority<C>({ filled }: Lane<C>): number {
  return 31 - Math.clz32(filled);
}

/** The message that goes first; the lane has one. */
export function firstSlot<C>(lane: Lane<C>): number {
  return lane.lists[firstPriority(lane)]!.head;
}

/** Whether the first message of one lane goes before that of another: by priority, then by turn. */
export function goesBefore<C>(table: MessageTable, lane: Lane<C>, other: Lane<C>): boolean {
  const priority = firstPriority(lane);
  const otherPriority = firstPriority(other);
  if (priority !== otherPriority) return priority > otherPriority;
  return table.turn.get(lane.lists[priority]!.head) < table.turn.get(other.lists[priority]!.head);
}

/** Lines a message up where its turn says. */
export function lineUp<C>(table: MessageTable, lane: Lane<C>, slot: number): void {
  const priority = table.priority.get(slot);
  if (lane.lists[priority] === noMessages) lane.lists[priority] = createSlotList();
  insertByTurn(table, lane.lists[priority]!, slot);
  lane.filled |= 1 << priority;
  if (lane.openAt === -1) lane.openAt = lane.queue.open.push(lane) - 1;
}

/** Takes a ready message out of its line. */
export function stepOut<C>(table: MessageTable, lane: Lane<C>, slot: number): void {
  const priority = table.priority.get(slot);
  const list = lane.lists[priority]!;
  remove(table, list, slot);
  if (list.size > 0) return;
  lane.filled &= ~(1 << priority);
  if (lane.filled === 0) closeLane(lane);
}

function closeLane<C>(lane: Lane<C>): void {
  const { open } = lane.queue;
  const last = open.pop()!;
  if (last !== lane) {
    open[lane.openAt] = last;
    last.openAt = lane.openAt;
  }
  lane.openAt = -1;
}
