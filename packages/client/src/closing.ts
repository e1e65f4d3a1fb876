import type { WaitOptions } from "./client.ts";
import { SingyeongError } from "./errors.ts";
import { bounded } from "./messaging/bounded.ts";
import type { Exchange } from "./messaging/exchange.ts";
import type { Inbox } from "./messaging/inbox.ts";
import { quiet } from "./messaging/quiet.ts";
import type { Platform } from "./platform/platform.ts";
import type { MetadataRegister } from "./registration/metadata-register.ts";
import type { Session } from "./session/session.ts";
import type { StatusHub } from "./status/status-hub.ts";

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

export interface ClosingParts {
  readonly platform: Platform;
  readonly session: Session;
  readonly exchange: Exchange;
  readonly register: MetadataRegister;
  readonly inbox: Inbox;
  readonly hub: StatusHub;
}

const defaultDrainMs = 10_000;

/** How often a socket is looked at that still has something to send, in milliseconds. */
const pollMs = 5;

export function createClosing(parts: ClosingParts): Closing {
  const { platform, session, exchange, register, inbox, hub } = parts;
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
    const cut = new Promise<void>((resolve) => {
      cutShort = resolve;
    });
    const begin = (resolve: () => void): void => void Promise.race([finishWork(), cut]).then(resolve);
    try {
      await bounded<void>(platform, { timeoutMs, signal }, begin, () => {});
    } finally {
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
      register.close(refusal);
      exchange.close(refusal);
      inbox.close();
      end.resolve(error);
    },
  };
}
