import type { Lane } from "./lane.ts";
import { createSlotList, type SlotList } from "./slot-list.ts";
import { createWaitingLine, type WaitingLine } from "./waiting-line.ts";

/** One queue. */
export interface QueueState<C> {
  readonly name: string;
  /** True where nothing is given out. */
  paused: boolean;
  /** How many want it kept, whatever else is the matter with it. */
  pins: number;
  /** By the text of their target. */
  readonly lanes: Map<string, Lane<C>>;
  /** Those that have ready messages, in no order. */
  readonly open: Lane<C>[];
  readonly line: WaitingLine<Consumer<C>>;
  readonly leased: SlotList;
  /** By turn. */
  readonly delayed: SlotList;
  /** As they died, which is by turn. */
  readonly dead: SlotList;
  /** Messages that are ready. */
  ready: number;
  /** Consumers that ask, or hold messages. */
  consumers: number;
  /** Of all messages, and of pushes under way. */
  bytes: number;
  /** Pushes that are not on disk yet. */
  arriving: number;
}

/** What a consumer has to do with one queue. */
export interface Stake {
  /** Messages that it holds. */
  leased: number;
}

/** One who asks for messages or holds some: a client, or one subscription of a client. */
export interface Consumer<C> {
  readonly client: C;
  /** How long what it is given is its own, and how long what it kept for longer waits before it is given out again. */
  leaseMs: number;
  readonly retryMs: number;
  /** Slots, by seq, of messages that it holds, or held last while nobody else got them. Consumers of one client may share it. */
  readonly holds: Map<number, number>;
  /** By the name of the queues that it asks, or holds messages of. */
  readonly stakes: Map<string, Stake>;
}

export function createQueueState<C>(name: string): QueueState<C> {
  return {
    name,
    paused: false,
    pins: 0,
    lanes: new Map(),
    open: [],
    line: createWaitingLine(),
    leased: createSlotList(),
    delayed: createSlotList(),
    dead: createSlotList(),
    ready: 0,
    consumers: 0,
    bytes: 0,
    arriving: 0,
  };
}

/** Messages of a queue in every state, and pushes under way. */
export function countMessages<C>(queue: QueueState<C>): number {
  return queue.ready + queue.leased.size + queue.delayed.size + queue.dead.size + queue.arriving;
}
