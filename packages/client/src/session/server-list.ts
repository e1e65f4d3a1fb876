import type { Server } from "../options/servers.ts";

/** Which server is next, and how often in a row none would have us. */
export interface ServerList {
  readonly current: Server;
  /** Attempts since a connection last proved stable, the one under way counted. */
  readonly attempts: number;
  /** True where some servers have been tried since then, and others have not. */
  readonly midRound: boolean;
  /** Full rounds over the list since then. */
  readonly rounds: number;
  /** Counts an attempt at the current server. */
  attempt(): void;
  /** The connection at hand has proved stable. */
  succeed(): void;
  /** Turns to the next server. */
  advance(): void;
}

/** Starts with the first; takes each in turn. */
export function createServerList(servers: readonly Server[]): ServerList {
  let at = 0;
  let attempts = 0;
  return {
    get current() {
      return servers[at]!;
    },
    get attempts() {
      return attempts;
    },
    get midRound() {
      return attempts % servers.length !== 0;
    },
    get rounds() {
      return Math.floor(attempts / servers.length);
    },
    attempt() {
      attempts++;
    },
    succeed() {
      attempts = 0;
    },
    advance() {
      at = (at + 1) % servers.length;
    },
  };
}
