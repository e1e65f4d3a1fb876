import type { Book } from "./machine/book.ts";
import type { Machine } from "./machine/machine.ts";
import type { Consumer, QueueState } from "./machine/queue-state.ts";
import type { Taker } from "./taker.ts";

/** Has consumers ask again by themselves that have a standing request. */
export interface StandingRequests {
  /** A message was given to a consumer, or is not its own any more. */
  touch(consumer: Consumer<Taker>): void;
  /** A message comes back from a consumer that did not deal with it: others go first now. */
  moveBack(consumer: Consumer<Taker>): void;
  /** Asks for everybody who was touched: to be called when the machine has come to rest. */
  renew(nowMs: number): void;
  /** A consumer gets messages, from now on or again. */
  start(consumer: Consumer<Taker>, nowMs: number): void;
  /** It gets no more; what it holds stays its own. */
  stop(consumer: Consumer<Taker>): void;
}

/**
 * One message is asked for at a time, so that consumers take turns; where messages wait, as many as there may be, so that
 * lanes are looked at once for all of them.
 */
export function createStandingRequests(book: Book<Taker>, machine: Machine<Taker>): StandingRequests {
  const touched = new Set<Consumer<Taker>>();

  function touch(consumer: Consumer<Taker>): void {
    if (consumer.client.standing !== null) touched.add(consumer);
  }

  function renew(nowMs: number): void {
    // What is given out touches consumers again: they join this round.
    for (const consumer of touched) {
      touched.delete(consumer);
      const { queue, maxHeld, passing, isOn } = consumer.client.standing!;
      if (!isOn) continue;
      const held = consumer.stakes.get(queue.name)?.leased ?? 0;
      const open = queue.line.openOf(consumer);
      const room = maxHeld - held - passing - open;
      if (room <= 0) continue;
      if (queue.open.length > 0) {
        machine.request(consumer, queue, room, nowMs);
        keepOne(consumer, queue);
      } else if (open === 0) machine.request(consumer, queue, 1, nowMs);
    }
  }

  /** What was asked for beyond what waited would put others last. */
  function keepOne(consumer: Consumer<Taker>, queue: QueueState<Taker>): void {
    if (queue.line.openOf(consumer) <= 1) return;
    queue.line.leave(consumer);
    queue.line.ask(consumer, 1);
  }

  return {
    touch,
    moveBack(consumer) {
      if (consumer.client.standing === null) return;
      const { queue } = consumer.client.standing;
      queue.line.leave(consumer);
      book.stake(consumer, queue);
      touched.add(consumer);
    },
    renew,
    start(consumer, nowMs) {
      consumer.client.standing!.isOn = true;
      machine.reconsider(consumer, nowMs);
      touch(consumer);
    },
    stop(consumer) {
      const standing = consumer.client.standing!;
      standing.isOn = false;
      machine.cancel(consumer, standing.queue);
    },
  };
}
