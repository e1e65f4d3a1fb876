import { jsonCodec } from "@singyeong/protocol/codec";
import type { Delivery } from "../delivery/delivery.ts";
import { type Client, mayReach } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";

/**
 * Tells clients that asked for it who comes and goes; one that connects sees itself connect. While the server drains
 * nobody is told: all leave, and everyone would be told of everyone. Those whom its queries could not reach are not
 * there for a client with permissions ([AU-11]).
 */
export function announceClients(registry: Registry, delivery: Delivery, isDraining: () => boolean): void {
  const announce = (event: string, client: Client): void => {
    if (isDraining()) return;
    const payload = jsonCodec.encode({ app: client.application, client_id: client.id });
    delivery.toMany(watchersOf(registry, client), { event, codec: jsonCodec, nonce: undefined, payload });
  };
  registry.observe({
    joined: (client) => announce("CLIENT_CONNECTED", client),
    left: (client) => announce("CLIENT_DISCONNECTED", client),
    changed() {},
  });
}

function* watchersOf(registry: Registry, client: Client): Iterable<Client> {
  for (const watcher of registry.watchers()) {
    const { rights } = watcher;
    if (rights === null || watcher === client || mayReach(rights, client)) yield watcher;
  }
}
