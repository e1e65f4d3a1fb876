import type { Client, Contract } from "@singyeong/client";
import type { TestConnectOptions } from "./test-server.ts";

/** Clients of one server, to be closed with it. */
export interface ConnectedClients {
  connect<C extends Contract>(dsn: string, options: TestConnectOptions<C>): Promise<Client<C>>;
  close(): Promise<void>;
}

export function createConnectedClients(): ConnectedClients {
  const connected = new Set<AsyncDisposable>();
  const connecting = new Set<Promise<unknown>>();
  const stop = new AbortController();

  async function connect<C extends Contract>(dsn: string, options: TestConnectOptions<C>): Promise<Client<C>> {
    // Loaded when it is needed: servers start without it.
    const sdk = await import("@singyeong/client");
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const client = await sdk.connect<C>(dsn, { ...options, signal });
    connected.add(client);
    void client.closed().then(() => connected.delete(client));
    return client;
  }

  return {
    connect(dsn, options) {
      const promise = connect(dsn, options);
      connecting.add(promise);
      const forget = (): void => void connecting.delete(promise);
      promise.then(forget, forget);
      return promise;
    },
    async close() {
      await Promise.all(Array.from(connected, (client) => client[Symbol.asyncDispose]()));
      // Whoever is still waiting for a server gives up.
      stop.abort(new Error("the server was stopped for good"));
      await Promise.allSettled(connecting);
    },
  };
}
