/** The state machine by itself: clients say by name which targets they take, and what is given out is written down. */
import { parseQuery, type Query } from "@singyeong/query";
import { createBook } from "./book.ts";
import { createMachine } from "./machine.ts";
import type { Consumer, QueueState } from "./queue-state.ts";

export const times = { leaseMs: 1000, retryMs: 500 };

export interface Taker {
  readonly name: string;
  /** Targets; those that begin with `key` go to the last of those who ask. */
  takes: readonly string[];
}

export interface NewPlain {
  readonly target?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly maxAttempts?: number;
  readonly expiresMs?: number;
  readonly readyMs?: number;
  readonly nowMs?: number;
}

export function createBench() {
  const targets = new Map<Query, string>();
  const given: string[] = [];
  const removed: number[] = [];
  /** Who had messages that are not their own any more. */
  const freed: string[] = [];
  /** Clients of which the matcher was asked. */
  const asked: string[] = [];
  /** Messages and turns are numbered together. */
  let lastNumber = 0;
  const book = createBook<Taker>();

  const matcher = {
    inForce: (query: Query) => query,
    keeps(query: Query, _: unknown, { name, takes }: Taker) {
      asked.push(name);
      return takes.includes(targets.get(query)!);
    },
    prefer: (_: Query, clients: readonly Taker[]) => clients.at(-1)!,
  };
  const machine = createMachine(book, matcher, () => ++lastNumber, {
    give: (slot, { client }) => void given.push(`${client.name}:${book.table.seq.get(slot)}`),
    moved() {},
    removed: (slot) => void removed.push(book.table.seq.get(slot)),
    freed: ({ client }) => void freed.push(client.name),
    died() {},
  });

  function query(target: string): Query {
    const parsed = parseQuery(target.startsWith("key") ? { key: target } : {});
    if (!parsed.ok) throw new Error(parsed.message);
    targets.set(parsed.query, target);
    return parsed.query;
  }

  const terms = (target: string) => ({ query: query(target), topic: null, isVolatile: false });

  return {
    book,
    machine,
    given,
    removed,
    freed,
    asked,
    queue: (name = "q"): QueueState<Taker> => book.queue(name),
    consumer: (name: string, ...takes: string[]): Consumer<Taker> => ({
      client: { name, takes },
      ...times,
      holds: new Map(),
      stakes: new Map(),
    }),
    /** Puts a message in, and returns its number. */
    admit(plain: NewPlain = {}): number {
      const { target = "any", priority = 4, maxAttempts = 20, expiresMs = 0, readyMs = 0, nowMs = 0 } = plain;
      const queue = book.queue(plain.queue ?? "q");
      const lane = book.lane(queue, target, queue.lanes.has(target) ? null : terms(target));
      const seq = ++lastNumber;
      queue.bytes += 10;
      machine.admit(
        { seq, turn: seq, lane, priority, maxAttempts, pushedMs: nowMs, expiresMs, bytes: 10 },
        readyMs,
        nowMs,
      );
      return seq;
    },
  };
}
