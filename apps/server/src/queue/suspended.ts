import type { Book } from "./machine/book.ts";
import type { Machine } from "./machine/machine.ts";
import type { Consumer } from "./machine/queue-state.ts";
import type { Taker } from "./taker.ts";

/** Requests of clients that are away: they count again when their clients are back. */
export interface Suspended {
  /** A client is away: its requests end for now. */
  suspend(consumer: Consumer<Taker>): void;
  /** It is back. */
  resume(consumer: Consumer<Taker>, nowMs: number): void;
  /** Forgets its requests, those of one queue where that is named. */
  drop(consumer: Consumer<Taker>, queue?: string): void;
}

export function createSuspended(book: Book<Taker>, machine: Machine<Taker>): Suspended {
  /** By consumer and queue, the number of messages asked for. Their queues are kept. */
  const counts = new Map<Consumer<Taker>, Map<string, number>>();

  function release(name: string): void {
    const queue = book.queues.get(name)!;
    queue.pins--;
    book.sweep(queue);
  }

  return {
    suspend(consumer) {
      const asked = new Map<string, number>();
      for (const name of [...consumer.stakes.keys()]) {
        const queue = book.queues.get(name)!;
        const open = queue.line.openOf(consumer);
        if (open === 0) continue;
        asked.set(name, open);
        queue.pins++;
        machine.cancel(consumer, queue);
      }
      if (asked.size > 0) counts.set(consumer, asked);
    },
    resume(consumer, nowMs) {
      const asked = counts.get(consumer) ?? [];
      counts.delete(consumer);
      for (const [name, count] of asked) {
        machine.request(consumer, book.queues.get(name)!, count, nowMs);
        release(name);
      }
    },
    drop(consumer, only) {
      const asked = counts.get(consumer);
      if (asked === undefined) return;
      for (const name of only === undefined ? [...asked.keys()] : [only]) if (asked.delete(name)) release(name);
      if (asked.size === 0) counts.delete(consumer);
    },
  };
}
