import type { RegisteredClient } from "../ports/observer.ts";
import type { Client } from "../registry/client.ts";

/** A client as observers and programs that run a server see it. */
export function describeRegistered({ application, id, attributes }: Client): RegisteredClient {
  const metadata = Object.fromEntries(Array.from(attributes, ([key, { value }]) => [key, value]));
  return { app: application, id, metadata };
}
