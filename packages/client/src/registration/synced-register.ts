import { SingyeongError } from "../errors.ts";
import type { Exchange } from "../messaging/exchange.ts";
import type { Messenger } from "../messaging/messenger.ts";
import type { WireMetadata } from "../metadata/types.ts";
import type { Session } from "../session/session.ts";
import type { StatusHub } from "../status/status-hub.ts";
import { createMetadataRegister, type MetadataRegister } from "./metadata-register.ts";
import { createUpdateMetadata } from "./update-metadata.ts";

/** What the register of a client's metadata needs of the rest. */
export interface SyncedRegisterOptions {
  readonly session: () => Pick<Session, "link">;
  readonly exchange: Pick<Exchange, "push">;
  readonly messenger: Pick<Messenger, "post" | "nextNonce">;
  readonly hub: Pick<StatusHub, "on">;
}

/** The register of a client's metadata, which begins with what identify says, sent to one connection after the other. */
export function createSyncedRegister(options: SyncedRegisterOptions, identified: WireMetadata): MetadataRegister {
  const { session, exchange, messenger, hub } = options;
  const update = createUpdateMetadata(messenger, exchange);
  const register = createMetadataRegister(identified, (changes, answered) => {
    if (session().link === null) return false;
    update(changes).then(() => answered(null), answered);
    return true;
  });
  // Told before what waited in the outbox leaves: that may be meant for the metadata as it is by then.
  hub.on("connected", register.flush);
  hub.on("closed", ({ error }) =>
    register.close(error ?? new SingyeongError("client/closed", "the client was closed")),
  );
  return register;
}
