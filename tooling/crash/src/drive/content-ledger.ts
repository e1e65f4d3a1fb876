import { createHash } from "node:crypto";

/** What is certain of messages without looking at the history: which were confirmed and ended by nobody. */
export interface ContentLedger {
  confirmed(message: string, digest: string): void;
  /** Its receiver has said, or is about to say, that it is done with. */
  ended(message: string): void;
  /** Messages that must be there, with their digests. */
  surviving(): ReadonlyMap<string, string>;
}

export function createContentLedger(): ContentLedger {
  const open = new Map<string, string>();
  const ended = new Set<string>();
  return {
    confirmed(message, digest) {
      if (!ended.has(message)) open.set(message, digest);
    },
    ended(message) {
      ended.add(message);
      open.delete(message);
    },
    surviving: () => new Map(open),
  };
}

/** Stands for payload, nonce and headers of a message. */
export function digestContent(payload: unknown, nonce: unknown, headers: unknown): string {
  return createHash("sha1")
    .update(JSON.stringify([payload, nonce, headers]))
    .digest("hex")
    .slice(0, 16);
}
