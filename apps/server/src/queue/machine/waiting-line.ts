/** A request for messages: `open` more of them. */
export interface Ticket<Consumer> {
  readonly consumer: Consumer;
  open: number;
}

/** Consumers that ask for messages of one queue, in the order of their requests. */
export interface WaitingLine<Consumer> {
  /** Lines a request up; one right behind another of the same consumer is added to it. */
  ask(consumer: Consumer, count: number): void;
  /** The requests, in order. */
  tickets(): Iterable<Ticket<Consumer>>;
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

export function createWaitingLine<Consumer>(): WaitingLine<Consumer> {
  const line = new Set<Ticket<Consumer>>();
  const openOf = new Map<Consumer, number>();
  let last: Ticket<Consumer> | null = null;
  let open = 0;

  function firstOf(consumer: Consumer): Ticket<Consumer> {
    for (const ticket of line) if (ticket.consumer === consumer) return ticket;
    throw new Error("this consumer asks for nothing");
  }

  return {
    ask(consumer, count) {
      open += count;
      openOf.set(consumer, (openOf.get(consumer) ?? 0) + count);
      if (last?.consumer === consumer && last.open > 0) last.open += count;
      else {
        last = { consumer, open: count };
        line.add(last);
      }
    },
    tickets: () => line,
    firstOf,
    use(ticket) {
      open--;
      const left = openOf.get(ticket.consumer)! - 1;
      if (left === 0) openOf.delete(ticket.consumer);
      else openOf.set(ticket.consumer, left);
      if (--ticket.open === 0) line.delete(ticket);
    },
    leave(consumer) {
      const count = openOf.get(consumer);
      if (count === undefined) return;
      open -= count;
      openOf.delete(consumer);
      for (const ticket of line) {
        if (ticket.consumer !== consumer) continue;
        ticket.open = 0;
        line.delete(ticket);
      }
    },
    openOf: (consumer) => openOf.get(consumer) ?? 0,
    get open() {
      return open;
    },
  };
}
