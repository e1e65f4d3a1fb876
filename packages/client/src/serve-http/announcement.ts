import { Op } from "@singyeong/protocol";
import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Link } from "../session/link.ts";
import { extension } from "./extension.ts";

/** Tells the server that requests may come over this connection, on each one anew that was not resumed. */
export interface Announcement {
  /** Says it where that has not been said on the connection that stands. */
  ensure(): void;
  /** Takes it back; resolves once no request can come any more. */
  leave(): Promise<void>;
}

export interface AnnouncementParts {
  readonly core: Core;
  readonly isOpen: () => boolean;
  readonly announced: () => void;
  /** The server refuses it for good. */
  readonly refused: (error: SingyeongError) => void;
}

/** When to say it again where it was refused for now, in milliseconds. */
const retryMs = 1000;

export function createAnnouncement({ core, isOpen, announced, refused }: AnnouncementParts): Announcement {
  const { platform, session, messenger, hub } = core;
  /** Where it was said last. */
  let told: Link | null = null;
  let cancelRetry: CancelTimer = () => {};

  function say(only: Link, serve: boolean, bounds: { timeoutMs?: number }): Promise<void> {
    const nonce = messenger.nextNonce();
    const how = { awaits: "answer", nonce, repeatable: false, needs: extension, only } as const;
    return messenger.post({ op: Op.dispatch, t: "SERVE_HTTP", nonce, d: { serve } }, how, bounds, () => {});
  }

  function join(): void {
    if (!isOpen() || session.lasting === null) return;
    told = session.lasting;
    cancelRetry();
    say(told, true, { timeoutMs: Number.POSITIVE_INFINITY }).then(announced, failed);
  }

  function failed(error: SingyeongError): void {
    // Whoever loses a connection says it on the next one.
    if (!isOpen() || error.code === "client/connection-lost" || error.code === "client/closed") return;
    if (error.retry === "never") return refused(error);
    hub.report(error);
    cancelRetry();
    cancelRetry = platform.after(retryMs, join);
  }

  return {
    ensure() {
      if (told !== session.lasting) join();
    },
    async leave() {
      cancelRetry();
      const link = told;
      told = null;
      // While the connection is away nothing comes, and what has come is answered.
      if (link === null || link !== session.lasting || session.link === null) return;
      await say(link, false, {}).catch(() => {});
    },
  };
}
