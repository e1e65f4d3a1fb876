import type { AuthCall, AuthOutcome } from "./auth.ts";
import type { OwnCall, PassCall, UndoCall } from "./calls.ts";
import type { PluginClient } from "./client.ts";
import type { LoadContext, PluginContext } from "./context.ts";
import type { OwnOutcome, PassOutcome } from "./outcome.ts";
import type { PluginRoute } from "./route.ts";
import type { Awaitable } from "./value.ts";

/** A schema of any library that speaks Standard Schema v1, as far as it is used here: it must not validate asynchronously. */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    validate(
      value: unknown,
    ):
      | { readonly value: Output; readonly issues?: undefined }
      | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }
      | PromiseLike<unknown>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What loading a plugin gives. */
export interface Loaded<State = unknown> {
  /** What the plugin's hooks get as `context.state`. */
  readonly state?: State;
  /** What other plugins get by `context.exportsOf`. */
  readonly exports?: unknown;
  /** Ends what was begun. Awaited for as long as any hook. */
  readonly stop?: () => unknown;
}

/** The handler of an event of one's own. */
export type OwnHandler<Settings = unknown, State = unknown> = (
  call: OwnCall,
  context: PluginContext<Settings, State>,
) => Awaitable<OwnOutcome>;

/**
 * A plugin. Every hook may return at once or a promise; what returns at once costs least. A hook that takes longer than
 * `pluginDeadlineMs` has failed, and a plugin whose hook does so five times in a row is out of traffic for 30 seconds.
 */
export interface Plugin<Settings = unknown, State = unknown> {
  /** Of `a-z`, `0-9`, `-` and `_`, beginning with a letter; `@scope/name` as well. At most 64 characters. */
  readonly name: string;
  /** Such as `1.2.3`. */
  readonly version: string;
  /**
   * Plugins that must be there, and are loaded before this one: a name, or a name with a version, such as `audit@^1.2.0`,
   * `audit@>=1.2` or `audit@1.2.3`.
   */
  readonly needs?: readonly string[];
  /** Plugins that come before this one, where they are there. */
  readonly after?: readonly string[];
  /** Plugins that come after this one, where they are there. */
  readonly before?: readonly string[];
  /** Where names leave it open, lower numbers come first, then who was listed first. @default 0 */
  readonly order?: number;

  /**
   * Checks the plugin's settings (`undefined` where there are none) and returns them as the hooks get them; what it throws
   * keeps the server from starting. A Standard Schema does as well. Without either they are as they were given.
   */
  readonly settings?: ((given: unknown) => Settings) | StandardSchema<Settings>;
  /** Begins: before the server listens, after the plugins that this one needs. What it throws keeps the server from starting. */
  // biome-ignore lint/suspicious/noConfusingVoidType: it may return nothing at all
  load?(context: LoadContext<Settings>): Awaitable<Loaded<State> | undefined | void>;
  /** Judges who may do what. Never an open door: what it throws, or cannot say in time, is a refusal. */
  auth?(call: AuthCall, context: PluginContext<Settings, State>): Awaitable<AuthOutcome>;
  /**
   * Events that clients may send and this plugin carries out: handlers by name, or names alone for `onEvent`. None may be one
   * of the server's. Where several plugins have the same, each gets it in turn and adds its replies.
   */
  readonly events?: Readonly<Record<string, OwnHandler<Settings, State>>> | readonly string[];
  /** The handler of all `events`, where they are a list. */
  onEvent?: OwnHandler<Settings, State>;
  /** Looks at every dispatch that passes, in both directions or the one that `directions` has. */
  onDispatch?(call: PassCall, context: PluginContext<Settings, State>): Awaitable<PassOutcome>;
  /** Which dispatches `onDispatch` gets: what nobody looks at costs nothing. @default ["in", "out"] */
  readonly directions?: readonly ("in" | "out")[];
  /** A client has identified. */
  onConnect?(client: PluginClient, context: PluginContext<Settings, State>): unknown;
  /** A client is gone for good. */
  onDisconnect?(client: PluginClient, context: PluginContext<Settings, State>): unknown;
  /** A client has other metadata than before. */
  onMetadata?(client: PluginClient, context: PluginContext<Settings, State>): unknown;
  /** HTTP below `/api/v1/plugin`. */
  readonly routes?: readonly PluginRoute<Settings, State>[];
  /**
   * Takes back what a hook did that gave `undo`, since a plugin behind it failed. Runs last to first, and goes on where one
   * fails: what it throws is told to the sender as one that could not be undone, by the plugin's name alone.
   */
  undo?(call: UndoCall, context: PluginContext<Settings, State>): unknown;
}
