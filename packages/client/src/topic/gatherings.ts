import { createChannel } from "../channel/channel.ts";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { aborted } from "../messaging/quiet.ts";
import type { Link } from "../session/link.ts";
import type { TopicReply } from "./topic.ts";

/** All answers to one publication, as they come. */
export interface Gathering {
  /** Ends with its time; fails with its signal, and where the connection is lost that it was published on. */
  read(): AsyncGenerator<TopicReply, void>;
  close(): void;
}

/** Publications that await more than one answer. */
export interface Gatherings {
  open(nonce: string, timeoutMs: number, signal: AbortSignal | undefined): Gathering;
  /** An answer came; false where it belongs to no gathering. */
  take(nonce: string, reply: TopicReply): boolean;
}

/** Answers that wait to be read; past it the oldest is dropped. */
const maxWaiting = 10_000;

export function createGatherings({ platform, session, hub }: Pick<Core, "platform" | "session" | "hub">): Gatherings {
  const open = new Map<string, { take(reply: TopicReply): void; lost(link: Link): void }>();
  session.onLost((link) => {
    for (const gathering of [...open.values()]) gathering.lost(link);
  });

  return {
    open(nonce, timeoutMs, signal) {
      const replies = createChannel<TopicReply>(maxWaiting);
      let failure: SingyeongError | null = null;
      let on: Link | null = null;
      const fail = (error: SingyeongError): void => {
        failure = error;
        replies.close();
      };
      const abort = (): void => fail(aborted(signal!));
      const cancel = platform.after(timeoutMs, replies.close);
      signal?.addEventListener("abort", abort, { once: true });
      open.set(nonce, {
        take(reply) {
          if (!replies.push(reply)) hub.dropped("inbox");
        },
        lost(link) {
          if (link === on) fail(new SingyeongError("client/connection-lost", "further answers are lost"));
        },
      });
      return {
        async *read() {
          on = session.lasting;
          yield* replies;
          if (failure !== null) throw failure;
        },
        close() {
          cancel();
          signal?.removeEventListener("abort", abort);
          open.delete(nonce);
        },
      };
    },
    take(nonce, reply) {
      const gathering = open.get(nonce);
      gathering?.take(reply);
      return gathering !== undefined;
    },
  };
}
