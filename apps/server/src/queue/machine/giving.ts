import type { Query } from "@singyeong/query";
import type { Book } from "./book.ts";
import { goesBefore, type Lane } from "./lane.ts";
import type { Matcher } from "./matcher.ts";
import type { Consumer, QueueState } from "./queue-state.ts";
import type { Ticket } from "./waiting-line.ts";

/** Gives the first message of a lane for a request. */
export type Give<C> = (lane: Lane<C>, ticket: Ticket<Consumer<C>>) => void;

/** Brings messages that are ready and consumers that ask together, until none of them fit any more. */
export interface Giving<C> {
  /** A message was lined up: gives the first of its lane out, or not, where somebody can take it. */
  offer(lane: Lane<C>): boolean;
  /** A consumer has begun to ask, or may take more than before. */
  serve(queue: QueueState<C>, consumer: Consumer<C>): void;
  /** Looks at everything that is ready. */
  serveAll(queue: QueueState<C>): void;
}

export function createGiving<C>({ table }: Book<C>, matcher: Matcher<C>, give: Give<C>): Giving<C> {
  /** Whose request gets the message of a query, by key or selector, else by the order of asking; `null` where nobody can. */
  function choose({ line }: QueueState<C>, query: Query): Ticket<Consumer<C>> | null {
    const inForce = matcher.inForce(query);
    if (inForce.key === null && inForce.selector === null) {
      return line.find(({ client }) => matcher.keeps(inForce, client));
    }
    const fitting = new Map<C, Ticket<Consumer<C>>>();
    for (const consumer of line.consumers()) {
      if (matcher.keeps(inForce, consumer.client)) fitting.set(consumer.client, line.firstOf(consumer));
    }
    if (fitting.size === 0) return null;
    const inOrder = [...fitting].sort(([, a], [, b]) => a.number - b.number).map(([client]) => client);
    return fitting.get(matcher.prefer(inForce, inOrder))!;
  }

  function offer(lane: Lane<C>): boolean {
    if (lane.queue.paused || lane.queue.line.open === 0) return false;
    const ticket = choose(lane.queue, lane.query);
    if (ticket === null) return false;
    give(lane, ticket);
    return true;
  }

  /** Gives out of some lanes, always the message that goes first, as long as somebody takes them. */
  function drain(queue: QueueState<C>, lanes: Lane<C>[]): void {
    while (lanes.length > 0 && queue.line.open > 0) {
      let first = 0;
      for (let i = 1; i < lanes.length; i++) if (goesBefore(table, lanes[i]!, lanes[first]!)) first = i;
      const lane = lanes[first]!;
      if (offer(lane) && lane.openAt !== -1) continue;
      const last = lanes.pop()!;
      if (first < lanes.length) lanes[first] = last;
    }
  }

  return {
    offer,
    serve(queue, consumer) {
      if (queue.paused || queue.open.length === 0) return;
      const mine = queue.open.filter((lane) => matcher.keeps(matcher.inForce(lane.query), consumer.client));
      drain(queue, mine);
    },
    serveAll(queue) {
      if (!queue.paused) drain(queue, [...queue.open]);
    },
  };
}
