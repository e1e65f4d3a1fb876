import type { Messenger } from "./messenger.ts";
import type { Reply } from "./received-message.ts";
import { inboxKey } from "./reply-address.ts";

/** How messages of a client answer. */
export function createReply({ send }: Pick<Messenger, "send">): Reply {
  return (to, nonce, payload, options) => {
    const ops = [{ path: `/${inboxKey}`, op: "$eq" as const, to: { value: to.inbox } }];
    return send("SEND", { application: to.app, ops }, payload, { ...options, nonce });
  };
}
