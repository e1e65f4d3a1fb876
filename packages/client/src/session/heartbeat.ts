import type { Platform } from "../platform/platform.ts";

/** Keeps a connection alive, and notices when it is dead. */
export interface Heartbeat {
  /** The server answered the last beat. */
  acknowledged(): void;
  /** Something came from the server. */
  alive(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  readonly platform: Platform;
  readonly intervalMs: number;
  /** Sends a heartbeat. */
  beat(): void;
  latency(ms: number): void;
  /** Not a byte has come since the last beat, a whole interval ago. */
  missed(): void;
}

/** Beats at once, and then once an interval. A server that goes silent is given up after one to two intervals. */
export function createHeartbeat({ platform, intervalMs, beat, latency, missed }: HeartbeatOptions): Heartbeat {
  let sentAtMs = 0;
  let awaited = false;
  let silent = false;
  let cancel = platform.after(intervalMs, turn);
  send();

  function send(): void {
    awaited = true;
    silent = true;
    sentAtMs = platform.elapsedMs();
    beat();
  }

  function turn(): void {
    if (silent) return missed();
    cancel = platform.after(intervalMs, turn);
    send();
  }

  return {
    acknowledged() {
      if (!awaited) return;
      awaited = false;
      latency(platform.elapsedMs() - sentAtMs);
    },
    alive() {
      silent = false;
    },
    stop: () => cancel(),
  };
}
