import type { WaitOptions } from "./client.ts";
import { SingyeongError } from "./errors.ts";
import type { Core } from "./messaging/core.ts";
import { aborted, notInTime, quiet } from "./messaging/quiet.ts";

/** How a client comes to its end. */
export interface Closing {
  /** Why nothing new may be sent; `null` while it may, and for what was `begun` before a drain as long as that lasts. */
  refusal(begun?: boolean): SingyeongError | null;
  drain(options?: WaitOptions): Promise<void>;
  close(): Promise<void>;
  closed(): Promise<SingyeongError | null>;
  /** The session is over. */
  finish(error: SingyeongError | null): void;
}

type ClosingParts = Pick<Core, "platform" | "session" | "exchange" | "inbox" | "hub">;

const defaultDrainMs = 10_000;

/** How often a socket is looked at that still has something to send, in milliseconds. */
const pollMs = 5;

export function createClosing({ platform, session, exchange, inbox, hub }: ClosingParts): Closing {
  const end = Promise.withResolvers<SingyeongError | null>();
  let state: "open" | "draining" | "closed" = "open";
  let draining: Promise<void> | null = null;
  /** Ends a drain that a close overtakes. */
  let cutShort = (): void => {};

  const refusalOf = (message: string): SingyeongError => new SingyeongError("client/closed", message);

  /** Waits a moment where bytes wait in the socket; false where none do. */
  async function passedOn(): Promise<boolean> {
    if (!session.link?.bufferedBytes) return false;
    await new Promise<void>((resolve) => void platform.after(pollMs, resolve));
    return true;
  }

  /** Lets those who work on messages finish, and reply, then what was sent be answered, then says farewell. */
  async function finishWork(): Promise<void> {
    do await new Promise<void>((resolve) => exchange.whenIdle(resolve));
    while ((await inbox.finished()) || (await passedOn()));
    session.stop(null);
    await end.promise;
    await inbox.finished();
  }

  async function drain({ timeoutMs = defaultDrainMs, signal }: WaitOptions): Promise<void> {
    state = "draining";
    hub.publish({ type: "draining" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    cutShort = resolve;
    const abort = (): void => reject(aborted(signal!));
    const cancel = platform.after(timeoutMs, () => reject(notInTime(timeoutMs)));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      if (signal?.aborted) abort();
      else void finishWork().then(resolve);
      await promise;
    } finally {
      cancel();
      signal?.removeEventListener("abort", abort);
      session.stop(null);
      await end.promise;
    }
  }

  return {
    refusal(begun) {
      return state === "open" || (begun && state === "draining") ? null : refusalOf(`the client is ${state}`);
    },
    drain(options = {}) {
      if (state === "open") draining = quiet(drain(options));
      return draining ?? Promise.resolve();
    },
    async close() {
      cutShort();
      session.stop(null);
      await end.promise;
    },
    closed: () => end.promise,
    finish(error) {
      state = "closed";
      const refusal = error ?? refusalOf("the client was closed");
      exchange.close(refusal);
      inbox.close();
      end.resolve(error);
    },
  };
}
