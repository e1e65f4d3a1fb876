import { maxRequestCount } from "@singyeong/protocol";
import type { DeathCause, Standing } from "../../ports/queue-store.ts";
import type { Book, NewMessage } from "./book.ts";
import { createGiving } from "./giving.ts";
import { firstSlot, type Lane } from "./lane.ts";
import type { Matcher } from "./matcher.ts";
import { causes, dead, delayed, leased, ready, states } from "./message-table.ts";
import type { Consumer, QueueState } from "./queue-state.ts";
import type { Ticket } from "./waiting-line.ts";

/** What the machine wants done. It calls while it is in the middle of things: none of these may call it back. */
export interface Effects<C> {
  /** A message was leased to a consumer: hand it over. That it was given out once more is to be stored, by and by. */
  give(slot: number, consumer: Consumer<C>): void;
  /** Where a message stands is to be stored. */
  moved(slot: number): void;
  /** A message is to be removed from what is stored. */
  removed(slot: number): void;
  /** A message that a consumer held is not its own any more; where it `comesBack` it was not dealt with, and lines up again. */
  freed(consumer: Consumer<C>, comesBack: boolean): void;
  /** A message is dead. */
  died(queue: QueueState<C>, cause: DeathCause, slot: number): void;
}

/**
 * The state machine of queues: where messages stand, and who gets which. It knows those that are on disk, does
 * everything at once, and reads no clock: `nowMs` (ms since the epoch) comes with what happens.
 */
export interface Machine<C> {
  /** A message has been stored: ready, or from `readyMs` on where that is not 0. */
  admit(message: NewMessage<C>, readyMs: number, nowMs: number): void;
  /** Brings a message back that was stored before a restart; leases are over. */
  restore(message: NewMessage<C>, standing: Standing): void;
  /** Everything has been brought back: puts it in order. */
  restored(): void;
  /** A consumer asks for more; false where it would have too many requests open. */
  request(consumer: Consumer<C>, queue: QueueState<C>, count: number, nowMs: number): boolean;
  /** A consumer takes its requests back. */
  cancel(consumer: Consumer<C>, queue: QueueState<C>): void;
  /** What a consumer may take has changed. */
  reconsider(consumer: Consumer<C>, nowMs: number): void;
  /** The message is done with; false where it is not this consumer's. */
  ack(consumer: Consumer<C>, seq: number): boolean;
  /** The message was not dealt with; `delayMs` is the usual delay where null. False where it is not this consumer's. */
  nack(consumer: Consumer<C>, seq: number, delayMs: number | null, isFinal: boolean, nowMs: number): boolean;
  /** A message that was leased cannot be read: it is dead. */
  lose(consumer: Consumer<C>, seq: number, nowMs: number): void;
  /** The lease ends `ms` from now; false where it is not this consumer's. */
  extend(consumer: Consumer<C>, seq: number, ms: number, nowMs: number): boolean;
  /**
   * A message was leased and could not be handed over: it takes its place back as if nothing had been, and its consumer,
   * which takes nothing more, asks for nothing more.
   */
  giveBack(consumer: Consumer<C>, seq: number, nowMs: number): void;
  /** A consumer is gone: its requests end, and what it held is ready again. */
  release(consumer: Consumer<C>, nowMs: number): void;
  /** Deals with what is due, `limit` messages at most; true where more are due. */
  tick(nowMs: number, limit: number): boolean;
  /** Removes a message in whatever state. */
  discard(slot: number): void;
  /** Gives a dead message another life: no attempts, no end. */
  redrive(slot: number, nowMs: number): void;
  /** Targets with `optional` count anew. */
  reconsiderOptional(nowMs: number): void;
  pause(queue: QueueState<C>, paused: boolean, nowMs: number): void;
}

export function createMachine<C>(
  book: Book<C>,
  matcher: Matcher<C>,
  nextTurn: () => number,
  effects: Effects<C>,
): Machine<C> {
  const { table, heap } = book;
  /** The time of what is happening. */
  let nowMs = 0;
  /** Messages that were brought back and are in no list yet. */
  let restoring: number[] = [];
  const giving = createGiving(book, matcher, give);

  function isExpired(slot: number): boolean {
    const expiresMs = table.expiresMs.get(slot);
    return expiresMs !== 0 && expiresMs <= nowMs;
  }

  function give(lane: Lane<C>, ticket: Ticket<Consumer<C>>): void {
    const slot = firstSlot(lane);
    book.leave(slot);
    // Over, or leased for the last permitted time when the server crashed.
    if (dies(slot)) return;
    const { consumer } = ticket;
    lane.queue.line.use(ticket);
    table.attempt.set(slot, table.attempt.get(slot) + 1);
    table.lease.set(slot, table.lease.get(slot) + 1);
    book.toLeased(slot, nowMs + consumer.leaseMs, consumer);
    effects.give(slot, consumer);
  }

  /** A message leaves its state for good; who held it is told. */
  function leave(slot: number): void {
    const holder = table.state.get(slot) === leased ? book.holders.get(slot)! : null;
    book.leave(slot);
    if (holder !== null) effects.freed(holder, false);
  }

  /** A message that has left its state dies. */
  function die(slot: number, cause: DeathCause): void {
    table.turn.set(slot, nextTurn());
    book.toDead(slot, cause, nowMs);
    effects.moved(slot);
    effects.died(book.laneOf(slot).queue, cause, slot);
  }

  /** A message that has left its state dies if it has to. */
  function dies(slot: number): boolean {
    if (table.attempt.get(slot) >= table.maxAttempts.get(slot)) die(slot, "attempts");
    else if (isExpired(slot)) die(slot, "expired");
    else return false;
    return true;
  }

  /** A message that has left its state lines up, and goes out where somebody can take it. */
  function lineUp(slot: number): void {
    const lane = book.laneOf(slot);
    // Where others of its lane wait already, nobody can take any of them.
    const isFirst = lane.openAt === -1;
    book.toReady(slot);
    if (isFirst) while (lane.openAt !== -1 && giving.offer(lane));
  }

  /** A message comes back from a consumer, after the usual delay where none is given. */
  function comeBack(slot: number, delay: number | null): void {
    const holder = book.holders.get(slot)!;
    const delayMs = delay ?? holder.retryMs;
    book.leave(slot);
    effects.freed(holder, true);
    if (dies(slot)) return;
    table.turn.set(slot, nextTurn());
    effects.moved(slot);
    if (delayMs > 0) book.toDelayed(slot, nowMs + delayMs);
    else lineUp(slot);
  }

  /** The slot of a message that a consumer holds now; -1 where it does not. */
  function heldBy(consumer: Consumer<C>, seq: number): number {
    const slot = consumer.holds.get(seq);
    return slot !== undefined && table.state.get(slot) === leased ? slot : -1;
  }

  function discard(slot: number): void {
    effects.removed(slot);
    leave(slot);
    book.drop(slot);
  }

  /** Looks at lanes again, those of a queue together. */
  function serveAgain(lanes: Iterable<Lane<C>>): void {
    const byQueue = new Map<QueueState<C>, Lane<C>[]>();
    for (const lane of lanes) {
      const others = byQueue.get(lane.queue);
      if (others === undefined) byQueue.set(lane.queue, [lane]);
      else others.push(lane);
    }
    for (const [queue, together] of byQueue) giving.serveLanes(queue, together);
  }

  function cancel(consumer: Consumer<C>, queue: QueueState<C>): void {
    queue.line.leave(consumer);
    book.stake(consumer, queue);
    book.sweep(queue);
  }

  function happen(slot: number): void {
    switch (table.state.get(slot)) {
      case leased:
        return comeBack(slot, null);
      case delayed:
        book.leave(slot);
        if (isExpired(slot)) return die(slot, "expired");
        table.turn.set(slot, nextTurn());
        return lineUp(slot);
      case ready:
        book.leave(slot);
        return die(slot, "expired");
    }
  }

  return {
    admit(message, readyMs, now) {
      nowMs = now;
      const slot = book.enter(message);
      if (readyMs > now) book.toDelayed(slot, readyMs);
      else lineUp(slot);
    },
    restore(message, standing) {
      const slot = book.enter(message);
      table.turn.set(slot, standing.turn);
      table.attempt.set(slot, standing.attempt);
      table.state.set(slot, standing.state === "leased" ? ready : states.indexOf(standing.state));
      table.cause.set(slot, causes.indexOf(standing.cause));
      table.dueMs.set(slot, standing.dueMs);
      restoring.push(slot);
    },
    restored() {
      for (const slot of restoring.sort((a, b) => table.turn.get(a) - table.turn.get(b))) {
        const state = table.state.get(slot);
        if (state === dead) book.toDead(slot, causes[table.cause.get(slot)]!, table.dueMs.get(slot));
        else if (state === delayed) book.toDelayed(slot, table.dueMs.get(slot));
        else book.toReady(slot);
      }
      restoring = [];
    },
    request(consumer, queue, count, now) {
      nowMs = now;
      if (queue.line.openOf(consumer) + count > maxRequestCount) return false;
      queue.line.ask(consumer, count);
      book.stake(consumer, queue);
      giving.serve(queue, consumer);
      return true;
    },
    cancel,
    reconsider(consumer, now) {
      nowMs = now;
      for (const name of consumer.stakes.keys()) {
        const queue = book.queues.get(name)!;
        if (queue.line.openOf(consumer) > 0) giving.serve(queue, consumer);
      }
    },
    ack(consumer, seq) {
      const slot = consumer.holds.get(seq);
      if (slot === undefined) return false;
      discard(slot);
      return true;
    },
    nack(consumer, seq, delayMs, isFinal, now) {
      nowMs = now;
      const slot = heldBy(consumer, seq);
      if (slot === -1) return false;
      if (isFinal) {
        leave(slot);
        die(slot, "rejected");
      } else comeBack(slot, delayMs);
      if (book.holders.get(slot) === consumer && table.state.get(slot) !== leased) book.letGo(slot);
      return true;
    },
    lose(consumer, seq, now) {
      nowMs = now;
      const slot = heldBy(consumer, seq);
      if (slot === -1) return;
      leave(slot);
      die(slot, "unreadable");
      book.letGo(slot);
    },
    extend(consumer, seq, ms, now) {
      const slot = heldBy(consumer, seq);
      if (slot === -1) return false;
      table.dueMs.set(slot, now + ms);
      heap.place(slot);
      return true;
    },
    giveBack(consumer, seq, now) {
      nowMs = now;
      const slot = heldBy(consumer, seq);
      if (slot === -1) return;
      const { queue } = book.laneOf(slot);
      queue.line.leave(consumer);
      book.leave(slot);
      book.letGo(slot);
      table.attempt.set(slot, table.attempt.get(slot) - 1);
      book.toReady(slot);
      effects.moved(slot);
      giving.serveLanes(queue, [book.laneOf(slot)]);
    },
    release(consumer, now) {
      nowMs = now;
      const queues = [...consumer.stakes.keys()].map((name) => book.queues.get(name)!);
      for (const queue of queues) {
        queue.line.leave(consumer);
        book.stake(consumer, queue);
      }
      const touched = new Set<Lane<C>>();
      for (const slot of [...consumer.holds.values()]) {
        if (book.holders.get(slot) !== consumer) continue;
        if (table.state.get(slot) === leased) {
          book.leave(slot);
          if (!dies(slot)) book.toReady(slot);
          touched.add(book.laneOf(slot));
        }
        book.letGo(slot);
      }
      serveAgain(touched);
      for (const queue of queues) book.sweep(queue);
    },
    tick(now, limit) {
      nowMs = now;
      for (let i = 0; i < limit; i++) {
        const slot = heap.first;
        if (slot === -1 || table.dueMs.get(slot) > now) return false;
        happen(slot);
      }
      return heap.first !== -1 && table.dueMs.get(heap.first) <= now;
    },
    discard,
    redrive(slot, now) {
      nowMs = now;
      book.leave(slot);
      table.attempt.set(slot, 0);
      table.cause.set(slot, 0);
      table.expiresMs.set(slot, 0);
      table.turn.set(slot, nextTurn());
      lineUp(slot);
      effects.moved(slot);
    },
    reconsiderOptional(now) {
      nowMs = now;
      serveAgain(book.optional);
    },
    pause(queue, paused, now) {
      nowMs = now;
      queue.paused = paused;
      if (paused) return;
      giving.serveLanes(queue, queue.open);
      book.sweep(queue);
    },
  };
}
