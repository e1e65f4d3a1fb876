import type { Book } from "./book.ts";
import type { Lane } from "./lane.ts";
import { arrange, rearrange, takeFirst } from "./lane-heap.ts";
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
  /** Messages of some lanes have lined up again, or may be taken by others than before. */
  serveLanes(queue: QueueState<C>, lanes: Iterable<Lane<C>>): void;
}

export function createGiving<C>({ table }: Book<C>, matcher: Matcher<C>, give: Give<C>): Giving<C> {
  /** Whose request gets the message of a query, by key or selector, else by the order of asking; `null` where nobody can. */
  function choose({ queue: { line }, query, topic }: Lane<C>): Ticket<Consumer<C>> | null {
    const inForce = matcher.inForce(query);
    if (inForce.key === null && inForce.selector === null) {
      return line.find(({ client }) => matcher.keeps(inForce, topic, client));
    }
    const fitting = new Map<C, Ticket<Consumer<C>>>();
    for (const consumer of line.consumers()) {
      if (matcher.keeps(inForce, topic, consumer.client)) fitting.set(consumer.client, line.firstOf(consumer));
    }
    if (fitting.size === 0) return null;
    const inOrder = [...fitting].sort(([, a], [, b]) => a.number - b.number).map(([client]) => client);
    return fitting.get(matcher.prefer(inForce, inOrder))!;
  }

  function offer(lane: Lane<C>): boolean {
    if (lane.queue.paused || lane.queue.line.open === 0) return false;
    const ticket = choose(lane);
    if (ticket === null) return false;
    give(lane, ticket);
    return true;
  }

  /** Gives out of some lanes, always the message that goes first, as long as there are requests that count and somebody takes them. */
  function drain(lanes: Lane<C>[], requests: () => number): void {
    arrange(table, lanes);
    while (lanes.length > 0 && requests() > 0) {
      const first = lanes[0]!;
      if (offer(first) && first.openAt !== -1) rearrange(table, lanes);
      else takeFirst(table, lanes);
    }
  }

  return {
    offer,
    serve(queue, consumer) {
      if (queue.paused || queue.open.length === 0) return;
      const mine = queue.open.filter((lane) => matcher.keeps(matcher.inForce(lane.query), lane.topic, consumer.client));
      // Others could have taken none of these before, and cannot now.
      drain(mine, () => queue.line.openOf(consumer));
    },
    serveLanes(queue, lanes) {
      if (queue.paused || queue.line.open === 0) return;
      const open: Lane<C>[] = [];
      for (const lane of lanes) if (lane.openAt !== -1) open.push(lane);
      drain(open, () => queue.line.open);
    },
  };
}
