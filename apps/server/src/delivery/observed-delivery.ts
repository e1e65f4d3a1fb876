import type { Observer } from "../ports/observer.ts";
import { type Delivery, takesHeaders } from "./delivery.ts";

/** A delivery that tells an observer of every message that a client's socket took. */
export function observeDelivery(delivery: Delivery, observer: Observer): Delivery {
  const toOne: Delivery["toOne"] = (client, message) => {
    const queued = delivery.toOne(client, message);
    const receiver = { app: client.application, id: client.id };
    if (queued) observer.delivered(receiver, takesHeaders(client) ? message : { ...message, headers: undefined });
    return queued;
  };
  return {
    toOne,
    // One by one, since only then it is known who took it: each gets a frame of its own instead of a shared one.
    toMany(clients, message) {
      let count = 0;
      for (const client of clients) if (toOne(client, message)) count++;
      return count;
    },
  };
}
