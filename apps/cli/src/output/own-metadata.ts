import type { BaseMetadata } from "@singyeong/client";

/** Metadata that the server keeps about every client (docs/protocol/metadata.md). */
const serverKeys: ReadonlySet<string> = new Set(
  Object.keys({
    ip: true,
    restricted: true,
    encoding: true,
    namespace: true,
    last_heartbeat_time: true,
    receive_client_updates: true,
  } satisfies Record<keyof BaseMetadata, true>),
);

/** What a client says about itself, and apart from it what the server does. */
export function splitMetadata(metadata: Readonly<Record<string, unknown>>): {
  readonly own: readonly (readonly [string, unknown])[];
  readonly server: readonly (readonly [string, unknown])[];
} {
  const entries = Object.entries(metadata);
  return {
    own: entries.filter(([key]) => !serverKeys.has(key)),
    server: entries.filter(([key]) => serverKeys.has(key)),
  };
}
