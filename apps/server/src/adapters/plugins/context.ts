import type { Plugin, PluginContext, PluginLogger } from "@singyeong/plugin";
import type { Value } from "@singyeong/protocol";
import type { Clock } from "../../ports/clock.ts";
import type { HookServer } from "../../ports/hooks.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { createFigures } from "./figures.ts";
import { findFault } from "./plain-value.ts";
import { createTimers } from "./timers.ts";

/** What plugins of one server share. */
export interface ContextOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly maxDepth: number;
  /** The server that runs them; throws before it is there. */
  readonly server: () => HookServer;
  /** What another plugin offers. */
  readonly exportsOf: (plugin: string) => unknown;
  /** Told of what a timer's task threw. */
  readonly onError: (error: unknown) => void;
}

/** A plugin's context, and how it ends. */
export interface OwnContext {
  readonly context: PluginContext;
  setState(state: unknown): void;
  /** What is to be done when it ends, latest first. */
  takeStops(): (() => unknown)[];
  /** From now on the plugin has nothing of the server. */
  end(): void;
}

export function createContext(plugin: Plugin, settings: unknown, options: ContextOptions): OwnContext {
  const { clock, maxDepth } = options;
  const { name, needs = [], after = [] } = plugin;
  const controller = new AbortController();
  const timers = createTimers(clock, options.onError);
  const known = new Set([...needs.map((need) => splitNeed(need).name), ...after, name]);
  const stops: (() => unknown)[] = [];
  let state: unknown;

  function server(): HookServer {
    if (controller.signal.aborted) throw new Error(`plugin ${name} has ended`);
    return options.server();
  }

  function dispatch(kind: "one" | "all", query: unknown, event: string, payload: unknown): number {
    if (typeof event !== "string" || event === "") throw new TypeError("event: text of at least one character");
    return server().dispatch(kind, check("query", query), event, check("payload", payload));
  }

  function check(what: string, value: unknown): Value {
    const fault = findFault(value, maxDepth);
    if (fault !== null) throw new TypeError(`${what}: ${fault}`);
    return value as Value;
  }

  const context = {
    name,
    settings,
    logger: createPluginLogger(name, options.logger),
    metrics: createFigures(name, options.metrics),
    timers: { every: timers.every, after: timers.after },
    clock: { now: () => clock.now() },
    signal: controller.signal,
    get state() {
      return state;
    },
    clients: () => server().clients(),
    query: (query: unknown) => server().query(check("query", query)),
    send: (query: unknown, event: string, payload: unknown) => dispatch("one", query, event, payload) > 0,
    broadcast: (query: unknown, event: string, payload: unknown) => dispatch("all", query, event, payload),
    exportsOf(other: string) {
      if (!known.has(other)) throw new Error(`plugin ${name} names ${other} neither in needs nor in after`);
      return options.exportsOf(other);
    },
    onStop: (task: () => unknown) => void stops.push(task),
  };
  return {
    context: context as PluginContext,
    setState(given) {
      state = given;
    },
    takeStops: () => stops.splice(0).reverse(),
    end() {
      controller.abort(new DOMException(`plugin ${name} has ended`, "AbortError"));
      timers.endAll();
    },
  };
}

/** `audit@^1.2.0` as what it names, and the version that it asks for. */
export function splitNeed(need: string): { readonly name: string; readonly range: string | null } {
  const at = need.indexOf("@", 1);
  return at === -1 ? { name: need, range: null } : { name: need.slice(0, at), range: need.slice(at + 1) };
}

function createPluginLogger(plugin: string, logger: Logger): PluginLogger {
  const say =
    (level: keyof Logger) =>
    (message: string, fields: object = {}): void =>
      logger[level]({ ...fields, plugin }, message);
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}
