/** A request for messages: `open` more of them. */
export interface Ticket<Consumer> {
  readonly consumer: Consumer;
  /** Requests are numbered as they come. */
  readonly number: number;
  open: number;
  /** Its neighbours among all requests, and the consumer's own next one. */
  previous: Ticket<Consumer> | null;
  next: Ticket<Consumer> | null;
  nextOwn: Ticket<Consumer> | null;
}

/** Consumers that ask for messages of one queue, in the order of their requests. */
export interface WaitingLine<Consumer> {
  /** Lines a request up; one right behind another of the same consumer is added to it. */
  ask(consumer: Consumer, count: number): void;
  /** The earliest request of a consumer that will do; `null` where there is none. Asks about each consumer once at most. */
  find(willDo: (consumer: Consumer) => boolean): Ticket<Consumer> | null;
  /** Who asks, in no particular order. */
  consumers(): Iterable<Consumer>;
  /** The earliest request of a consumer that has one. */
  firstOf(consumer: Consumer): Ticket<Consumer>;
  /** One message was given for a request. */
  use(ticket: Ticket<Consumer>): void;
  /** Takes every request of a consumer back. */
  leave(consumer: Consumer): void;
  /** Messages that a consumer still asks for. */
  openOf(consumer: Consumer): number;
  /** Messages that are asked for. */
  readonly open: number;
}

/** The requests of one consumer, in order: they are used up from the first on. */
interface Asker<Consumer> {
  first: Ticket<Consumer>;
  last: Ticket<Consumer>;
  open: number;
}

export function createWaitingLine<Consumer>(): WaitingLine<Consumer> {
  const askers = new Map<Consumer, Asker<Consumer>>();
  let head: Ticket<Consumer> | null = null;
  let tail: Ticket<Consumer> | null = null;
  let count = 0;
  let open = 0;

  function lineUp(consumer: Consumer, more: number): Ticket<Consumer> {
    const ticket = { consumer, number: ++count, open: more, previous: tail, next: null, nextOwn: null };
    if (tail === null) head = ticket;
    else tail.next = ticket;
    tail = ticket;
    return ticket;
  }

  function takeOut({ previous, next }: Ticket<Consumer>): void {
    if (previous === null) head = next;
    else previous.next = next;
    if (next === null) tail = previous;
    else next.previous = previous;
  }

  return {
    firstOf: (consumer) => askers.get(consumer)!.first,
    consumers: () => askers.keys(),
    ask(consumer, more) {
      open += more;
      const asker = askers.get(consumer);
      if (asker === undefined) {
        const ticket = lineUp(consumer, more);
        askers.set(consumer, { first: ticket, last: ticket, open: more });
        return;
      }
      asker.open += more;
      if (tail === asker.last) {
        tail.open += more;
        return;
      }
      asker.last.nextOwn = lineUp(consumer, more);
      asker.last = asker.last.nextOwn;
    },
    find(willDo) {
      if (head === null) return null;
      // The usual case. Where it does not hold, everybody is asked, once: there may be many more requests than consumers.
      if (willDo(head.consumer)) return head;
      let found: Ticket<Consumer> | null = null;
      for (const [consumer, { first }] of askers) {
        if (consumer === head.consumer) continue;
        if ((found === null || first.number < found.number) && willDo(consumer)) found = first;
      }
      return found;
    },
    use(ticket) {
      const asker = askers.get(ticket.consumer)!;
      open--;
      asker.open--;
      if (--ticket.open > 0) return;
      takeOut(ticket);
      if (ticket.nextOwn === null) askers.delete(ticket.consumer);
      else asker.first = ticket.nextOwn;
    },
    leave(consumer) {
      const asker = askers.get(consumer);
      if (asker === undefined) return;
      open -= asker.open;
      askers.delete(consumer);
      for (let ticket: Ticket<Consumer> | null = asker.first; ticket !== null; ticket = ticket.nextOwn) takeOut(ticket);
    },
    openOf: (consumer) => askers.get(consumer)?.open ?? 0,
    get open() {
      return open;
    },
  };
}
