import type { PluginClient } from "./client.ts";
import type { Value } from "./value.ts";

/** Logs of a plugin, as JSON lines of the server that bear the plugin's name. */
export interface PluginLogger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** A running total. */
export interface PluginCounter {
  /** @param count a number of at least 0. @default 1 */
  add(count?: number): void;
}

/** Figures of a plugin among the server's (`GET /metrics`). */
export interface PluginMetrics {
  /**
   * A counter, the same one for the same name: `singyeong_plugin_<plugin>_<name>_total`, with `_` for what is no letter or
   * digit. A plugin has at most 100. @throws Error for one more, and for a name that is not of `a-z`, `0-9` and `_`
   */
  counter(name: string, help: string): PluginCounter;
}

/** Timers that end with the plugin. What a task throws is logged and counted, and harms nobody. */
export interface PluginTimers {
  /**
   * Runs a task again and again, the first time after `everyMs` (at least 1). A task that returns a promise is over when that
   * is settled: the next time is counted from there. Returns how to stop. @throws Error past 1000 timers of a plugin
   */
  every(everyMs: number, task: () => unknown): () => void;
  /** Runs a task once. Returns how to call it off. @throws Error as `every` */
  after(delayMs: number, task: () => unknown): () => void;
}

/** Which clients: a query as v1 has it, such as `{ application: "worker", ops: [] }`. */
export type PluginQuery = { readonly [key: string]: unknown };

/** What a plugin has of the server while it is loaded. It has nothing any more once `signal` has aborted. */
export interface LoadContext<Settings = unknown> {
  /** The plugin's own name. */
  readonly name: string;
  /** The plugin's settings (`pluginSettings` of the server), as its `settings` has returned them. */
  readonly settings: Settings;
  readonly logger: PluginLogger;
  readonly metrics: PluginMetrics;
  readonly timers: PluginTimers;
  /** The server's clock. */
  readonly clock: {
    /** Milliseconds since the epoch. */
    now(): number;
  };
  /** Aborts when the server stops, and the plugin with it. */
  readonly signal: AbortSignal;
  /** Who is connected now. */
  clients(): readonly PluginClient[];
  /** The clients that a query keeps. @throws TypeError that says what is wrong with the query */
  query(query: PluginQuery): readonly PluginClient[];
  /**
   * Sends one client of those that a query keeps a dispatch, unasked. Returns whether there was one to send it to.
   * @throws TypeError that says what is wrong with the query or the payload
   */
  send(query: PluginQuery, event: string, payload: Value): boolean;
  /** Sends all clients that a query keeps a dispatch, unasked. Returns how many. @throws TypeError as `send` */
  broadcast(query: PluginQuery, event: string, payload: Value): number;
  /**
   * What another plugin gave as `exports`; `undefined` where it gave none, or is not loaded.
   * @throws Error where this plugin names it neither in `needs` nor in `after`: it might not be loaded yet
   */
  exportsOf<T = unknown>(plugin: string): T | undefined;
  /** Runs a task when the plugin ends, before those that were registered earlier. */
  onStop(task: () => unknown): void;
}

/** What a plugin has of the server in every hook. */
export interface PluginContext<Settings = unknown, State = unknown> extends LoadContext<Settings> {
  /** What `load` returned as `state`. */
  readonly state: State;
}
