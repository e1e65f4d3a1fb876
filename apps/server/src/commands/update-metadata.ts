import { parseMetadata } from "../registry/metadata.ts";
import { type Command, refuse, refuseForbidden } from "./command.ts";
import { readReplyNonce } from "./receipt.ts";

/** `UPDATE_METADATA`: visible to the next query at once; an invalid update changes nothing. */
export const updateMetadata: Command = {
  event: "UPDATE_METADATA",
  allowRestricted: true,
  hasNonce: false,
  run({ registry }, sender, frame) {
    const parsed = parseMetadata(frame.d === undefined ? null : sender.codec.decode(frame.d));
    if (!parsed.ok) return refuse("metadata/invalid", parsed.faults);
    if (sender.rights !== null) {
      for (const key of parsed.changes.keys()) {
        if (!sender.rights.maySetMetadata(key)) return refuseForbidden("/d", `${key}: not metadata that you may set`);
      }
    }
    const refused = registry.update(sender, parsed.changes);
    if (refused !== null) return refuse("metadata/too-large", { message: refused });
    const nonce = readReplyNonce(sender, frame);
    return nonce === null ? null : { kind: "answer", event: "METADATA_UPDATED", d: { nonce } };
  },
};
