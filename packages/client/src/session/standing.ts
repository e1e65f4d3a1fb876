import type { SingyeongError } from "../errors.ts";
import type { CancelTimer, Platform } from "../platform/platform.ts";
import type { KeeperBounds } from "./keeper.ts";
import { createLastingLink, type LastingLink } from "./lasting-link.ts";
import type { Connection, Link } from "./link.ts";

/** What a client has of its servers: the connection that was let in last, for as long as what was had on it stays. */
export interface Standing {
  /** `null` while there is nothing. */
  readonly link: LastingLink | null;
  /** Told when a connection takes nothing more, once for each that stood. */
  onDown(run: (link: Link) => void): void;
  /** Told when one brings nothing more either, once for each that stood and after `onDown`. */
  onLost(run: (link: Link) => void): void;
  /** A connection stands that goes on with nothing: what was had until now is lost. */
  begin(connection: Connection): void;
  /** A connection stands that goes on with what was had. */
  resume(connection: Connection): void;
  /** The connection broke by `error`, and there is some time to find another one; `expired` is told when it is over. */
  part(error: SingyeongError, expired: () => void): void;
  /** The connection is gone by `error`, or was an attempt to go on: lost, unless there is time left. */
  drop(error: SingyeongError): void;
  /** Lost by `error`, or by what it broke by. */
  forsake(error?: SingyeongError): void;
  /** Nothing new goes out on it, though it may still bring something until `release`. */
  retire(): Link;
  release(link: Link, error: SingyeongError): void;
}

export interface StandingHandlers {
  lost(link: Link, error: SingyeongError): void;
}

export function createStanding(platform: Platform, bounds: KeeperBounds, handlers: StandingHandlers): Standing {
  let link: LastingLink | null = null;
  /** What it broke by, and until when it may be resumed; `null` while it has a connection. */
  let breach: { readonly error: SingyeongError; readonly endMs: number; readonly cancelTimer: CancelTimer } | null =
    null;
  const downHooks: ((link: Link) => void)[] = [];
  const lostHooks: ((link: Link) => void)[] = [];

  function mend(): void {
    breach?.cancelTimer();
    breach = null;
  }

  function retire(): Link {
    const taken = link!;
    link = null;
    mend();
    for (const run of downHooks) run(taken);
    return taken;
  }

  function release(gone: Link, error: SingyeongError): void {
    for (const run of lostHooks) run(gone);
    handlers.lost(gone, error);
  }

  function forsake(error = breach?.error): void {
    if (link !== null) release(retire(), error!);
  }

  return {
    get link() {
      return link;
    },
    onDown: (run) => void downHooks.push(run),
    onLost: (run) => void lostHooks.push(run),
    begin(connection) {
      forsake();
      link = createLastingLink(connection, platform, bounds);
    },
    resume(connection) {
      mend();
      link!.resume(connection);
    },
    part(error, expired) {
      const { graceMs } = link!;
      link!.part();
      breach = { error, endMs: platform.elapsedMs() + graceMs, cancelTimer: platform.after(graceMs, expired) };
    },
    drop(error) {
      if (breach === null) forsake(error);
      else if (platform.elapsedMs() >= breach.endMs) forsake();
    },
    forsake,
    retire,
    release,
  };
}
