import { Op } from "@singyeong/protocol";
import type { Exchange } from "../messaging/exchange.ts";
import type { Messenger } from "../messaging/messenger.ts";

/** An UPDATE_METADATA on the connection that stands; resolves once the server has taken it. */
export function createUpdateMetadata(
  { post, nextNonce }: Pick<Messenger, "post" | "nextNonce">,
  { push }: Pick<Exchange, "push">,
): (changes: object) => Promise<void> {
  return (changes) => {
    const nonce = nextNonce();
    const frame = { op: Op.dispatch, t: "UPDATE_METADATA", d: changes, nonce };
    return post(frame, { awaits: "receipt", nonce, repeatable: false }, {}, () => {}, push);
  };
}
