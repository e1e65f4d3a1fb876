import type { WireMetadata } from "../metadata/types.ts";
import type { ResolvedOptions } from "../options/resolve.ts";

/** `d` of identify (docs/protocol): what was not given is left out, for servers of v1 read some absent keys as null. */
export function formatIdentify(options: ResolvedOptions, metadata: WireMetadata): object {
  const { app, id, auth, namespace, ip, tags, caps, presence } = options;
  return {
    application_id: app,
    client_id: id,
    ...(auth !== null && { auth }),
    ...(namespace !== null && { namespace }),
    ...(ip !== null && { ip }),
    ...(tags !== null && { tags }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(presence && { receive_client_updates: true }),
    ...(caps.length > 0 && { caps }),
  };
}
