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

/** A client as QUERY_NODES and `POST /api/v1/query` list it (`ClientInfo` of the schemas). */
export function describeClient(client: Client): Value {
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
    queues: [],
  };
}
