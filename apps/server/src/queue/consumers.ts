import type { Client } from "../registry/client.ts";
import type { Consumer } from "./machine/queue-state.ts";

/** Clients that have asked for messages, and have not gone. */
export interface Consumers {
  /** The consumer that a client is; made where it has not been one. */
  of(client: Client): Consumer<Client>;
  find(client: Client): Consumer<Client> | undefined;
  /** Forgets a client, and returns what it was. */
  remove(client: Client): Consumer<Client> | undefined;
}

export function createConsumers(): Consumers {
  const consumers = new Map<Client, Consumer<Client>>();
  return {
    find: (client) => consumers.get(client),
    of(client) {
      const known = consumers.get(client);
      if (known !== undefined) return known;
      const consumer: Consumer<Client> = { client, holds: new Map(), stakes: new Map() };
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
