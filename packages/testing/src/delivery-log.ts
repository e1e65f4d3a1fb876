import type { ObservedMessage, Observer } from "@singyeong/server";
import { type Delivered, type DeliveredFilter, toPredicate } from "./delivered.ts";
import { createWaiters } from "./waiters.ts";

/** How many deliveries are remembered; the oldest are forgotten first. */
const maxDelivered = 10_000;

/** What a server has delivered, and what it delivers next. */
export interface DeliveryLog {
  readonly record: Observer["delivered"];
  list(filter?: DeliveredFilter): readonly Delivered[];
  next(filter?: DeliveredFilter, signal?: AbortSignal): Promise<Delivered>;
  close(reason: Error): void;
}

type Contents = Pick<Delivered, "nonce" | "payload" | "headers">;

export function createDeliveryLog(capacity = maxDelivered): DeliveryLog {
  /** In order; may hold up to twice the capacity, so that forgetting costs little. */
  let log: Delivered[] = [];
  /** Those among the last `capacity` that `next` has not given away, in order. */
  const untaken = new Set<Delivered>();
  const waiters = createWaiters<Delivered>();

  function add(delivered: Delivered): void {
    log.push(delivered);
    const forgotten = log[log.length - 1 - capacity];
    if (forgotten !== undefined) untaken.delete(forgotten);
    if (log.length >= 2 * capacity) log = log.slice(-capacity);
    if (!waiters.giveToOne(delivered)) untaken.add(delivered);
  }

  return {
    record({ app, id }, message) {
      add(Object.freeze({ event: message.event, app, id, ...read(message) }));
    },
    list: (filter) => log.slice(-capacity).filter(toPredicate(filter)),
    next(filter, signal) {
      const matches = toPredicate(filter);
      for (const delivered of signal?.aborted ? [] : untaken) {
        if (!matches(delivered)) continue;
        untaken.delete(delivered);
        return Promise.resolve(delivered);
      }
      return waiters.wait(matches, signal);
    },
    close: waiters.close,
  };
}

function read({ codec, nonce, payload, headers }: ObservedMessage): Contents {
  return {
    nonce: nonce === undefined ? null : codec.decode(nonce),
    payload: codec.decode(payload),
    headers: headers === undefined ? {} : (codec.decode(headers) as Contents["headers"]),
  };
}
