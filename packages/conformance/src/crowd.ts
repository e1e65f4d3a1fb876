import type { IdentifiedClient } from "./identified.ts";

/** Clients that are closed together. */
export interface Crowd extends AsyncDisposable {
  add(client: IdentifiedClient): IdentifiedClient;
}

export function createCrowd(): Crowd {
  const clients: IdentifiedClient[] = [];
  return {
    add(client) {
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    },
  };
}
