import type { Value } from "@singyeong/protocol";
import type { Client } from "./client.ts";

/** Types of base metadata as v1 reports them: `receive_client_updates` is called a string there, though it is none. */
const baseTypes = {
  encoding: "string",
  ip: "string",
  last_heartbeat_time: "integer",
  namespace: "string",
  receive_client_updates: "string",
  restricted: "boolean",
} as const;

/** What a key with a value that is not heavy is counted as, in bytes of an answer. */
const lightEntryBytes = 64;
/** What a client without metadata takes in an answer. */
const clientBytes = 512;

/** Clients as an answer lists them; `null` where that would be more than about `maxBytes`. */
export function describeClients(clients: readonly Client[], maxBytes: number): Value[] | null {
  let bytes = 0;
  for (const { attributes, queues, heavy } of clients) {
    bytes += clientBytes + attributes.size * lightEntryBytes;
    for (const name of queues.keys()) bytes += lightEntryBytes + name.length;
    for (const size of heavy?.values() ?? []) bytes += size;
  }
  return bytes > maxBytes ? null : clients.map(describeClient);
}

/** A client as QUERY_NODES and `POST /api/v1/query` list it (`ClientInfo` of the schemas). */
function describeClient(client: Client): Value {
  const metadata: Record<string, Value> = Object.create(null);
  const types: Record<string, Value> = Object.create(null);
  for (const [key, attribute] of client.attributes) {
    metadata[key] = attribute.value;
    types[key] = attribute.type;
  }
  Object.assign(metadata, client.base, { restricted: client.restricted });
  Object.assign(types, baseTypes);
  return {
    app_id: client.application,
    client_id: client.id,
    metadata,
    metadata_types: types,
    socket_ip: client.base.ip,
    queues: [...client.queues.keys()],
  };
}
