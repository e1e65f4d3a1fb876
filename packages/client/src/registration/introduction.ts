import type { WireMetadata } from "../metadata/types.ts";
import type { ResolvedOptions } from "../options/resolve.ts";

/** `d` of identify (docs/protocol): what was not given is left out, for servers of v1 read some absent keys as null. */
export function formatIdentify(
  options: Omit<ResolvedOptions, "auth">,
  auth: string | null,
  metadata: WireMetadata,
): object {
  const { app, id, namespace, ip, tags, caps, presence } = options;
  const all = {
    application_id: app,
    client_id: id,
    auth,
    namespace,
    ip,
    tags,
    metadata: Object.keys(metadata).length > 0 ? metadata : null,
    receive_client_updates: presence || null,
    caps: caps.length > 0 ? caps : null,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
