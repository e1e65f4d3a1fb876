/** A request for messages: `open` more of them. */
export interface Ticket<Consumer> {
  readonly consumer: Consumer;
  /** Requests are numbered as they come. */
  readonly number: number;
  open: number;
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

/** The requests of one consumer, in order. */
interface Asker<Consumer> {
  readonly tickets: Set<Ticket<Consumer>>;
  open: number;
}

export function createWaitingLine<Consumer>(): WaitingLine<Consumer> {
  const line = new Set<Ticket<Consumer>>();
  const askers = new Map<Consumer, Asker<Consumer>>();
  let last: Ticket<Consumer> | null = null;
  let count = 0;
  let open = 0;

  function firstOf(consumer: Consumer): Ticket<Consumer> {
    return askers.get(consumer)!.tickets.values().next().value!;
  }

  return {
    firstOf,
    consumers: () => askers.keys(),
    ask(consumer, more) {
      let asker = askers.get(consumer);
      if (asker === undefined) {
        asker = { tickets: new Set(), open: 0 };
        askers.set(consumer, asker);
      }
      asker.open += more;
      open += more;
      if (last?.consumer === consumer && last.open > 0) {
        last.open += more;
        return;
      }
      last = { consumer, number: ++count, open: more };
      line.add(last);
      asker.tickets.add(last);
    },
    find(willDo) {
      const first = line.values().next().value;
      if (first === undefined) return null;
      // The usual case. Where it does not hold, everybody is asked, once: there may be many more requests than consumers.
      if (willDo(first.consumer)) return first;
      let found: Ticket<Consumer> | null = null;
      for (const consumer of askers.keys()) {
        if (consumer === first.consumer) continue;
        const ticket = firstOf(consumer);
        if ((found === null || ticket.number < found.number) && willDo(consumer)) found = ticket;
      }
      return found;
    },
    use(ticket) {
      const asker = askers.get(ticket.consumer)!;
      open--;
      if (--asker.open === 0) askers.delete(ticket.consumer);
      if (--ticket.open > 0) return;
      line.delete(ticket);
      asker.tickets.delete(ticket);
    },
    leave(consumer) {
      const asker = askers.get(consumer);
      if (asker === undefined) return;
      open -= asker.open;
      askers.delete(consumer);
      for (const ticket of asker.tickets) {
        ticket.open = 0;
        line.delete(ticket);
      }
    },
    openOf: (consumer) => askers.get(consumer)?.open ?? 0,
    get open() {
      return open;
    },
  };
}
