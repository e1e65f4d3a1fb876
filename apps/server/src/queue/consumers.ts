import type { Client } from "../registry/client.ts";
import type { Consumer } from "./machine/queue-state.ts";
import type { Taker } from "./taker.ts";

/** Clients that have asked for messages, and have not gone. */
export interface Consumers {
  /** The consumer that a client is; made where it has not been one. */
  of(client: Client): Consumer<Taker>;
  find(client: Client): Consumer<Taker> | undefined;
  /** Forgets a client, and returns what it was. */
  remove(client: Client): Consumer<Taker> | undefined;
}

export function createConsumers(
  times: { readonly queueLeaseMs: number; readonly queueRetryMs: number },
  handOver: (client: Client) => Taker["handOver"],
): Consumers {
  const consumers = new Map<Client, Consumer<Taker>>();
  return {
    find: (client) => consumers.get(client),
    of(client) {
      const known = consumers.get(client);
      if (known !== undefined) return known;
      const consumer: Consumer<Taker> = {
        client: { client, standing: null, takesTopic: () => false, handOver: handOver(client) },
        leaseMs: times.queueLeaseMs,
        retryMs: times.queueRetryMs,
        holds: new Map(),
        stakes: new Map(),
      };
      consumers.set(client, consumer);
      client.queues = consumer.stakes;
      return consumer;
    },
    remove(client) {
      const consumer = consumers.get(client);
      consumers.delete(client);
      return consumer;
    },
  };
}
