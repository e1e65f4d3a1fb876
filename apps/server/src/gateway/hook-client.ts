import type { Value } from "@singyeong/protocol";
import type { HookClient } from "../ports/hooks.ts";
import type { Client } from "../registry/client.ts";

/** A client as plugins see it: as it is now. */
export function toHookClient(client: Client): HookClient {
  const { application, id, restricted, base, attributes } = client;
  return {
    application,
    id,
    restricted,
    namespace: base.namespace,
    ip: base.ip,
    get metadata() {
      const metadata: Record<string, Value> = Object.create(null);
      for (const [key, { value }] of attributes) metadata[key] = value;
      return metadata;
    },
  };
}
