import type { PluginClient } from "./client.ts";
import type { Value } from "./value.ts";

/** What every hook is given that the server waits for. */
export interface Deadlined {
  /** Aborts when the hook has taken too long, and nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** An event of the plugin's own, sent by a client that is not restricted. */
export interface OwnCall extends Deadlined {
  readonly event: string;
  /** What the client sent as `d`; `null` where it sent none. Only read. */
  readonly d: Value;
  readonly client: PluginClient;
}

/** A dispatch that passes: from a client before it is carried out, or to a client before it is written. */
export interface PassCall extends Deadlined {
  /** `in` from the client to the server, `out` from the server to the client. */
  readonly direction: "in" | "out";
  /** Such as `SEND`: the server's own ones, and in the direction `in` those of plugins as well. */
  readonly event: string;
  /** Only read. */
  readonly d: Value;
  /** Who sends it, or who is to get it. */
  readonly client: PluginClient;
}

/** Something that a hook did is to be taken back, for a plugin behind it failed. */
export interface UndoCall extends Deadlined {
  readonly event: string;
  /** What the hook gave as `undo`. */
  readonly state: unknown;
  /** `own` where the hook was that of an event of the plugin's own. */
  readonly direction: "in" | "out" | "own";
  readonly client: PluginClient;
  /** Why it is taken back. */
  readonly reason: string;
}
