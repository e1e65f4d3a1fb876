import { definePlugin, type Plugin } from "@singyeong/plugin";
import type { HookClient, HookServer, Hooks } from "../../ports/hooks.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { createSteppedClock, type SteppedClock } from "../clock-stepped/clock-stepped.ts";
import { createPluginHost, type PluginsOptions } from "./plugins.ts";

/** A client that sends and gets events. */
export const someone: HookClient = {
  application: "app",
  id: "someone",
  restricted: false,
  namespace: null,
  ip: "127.0.0.1",
  metadata: { region: "asia" },
};

/** A server as plugins see it, that writes down what it is asked to send. */
export function createTestServer(
  clients: readonly HookClient[] = [someone],
): HookServer & { readonly sent: unknown[] } {
  const sent: unknown[] = [];
  return {
    sent,
    clients: () => clients,
    query(query) {
      if (!Object.hasOwn(query as object, "application")) throw new TypeError("the query is invalid at its top");
      return clients.filter(({ application }) => application === (query as { application?: unknown }).application);
    },
    dispatch(kind, query, event, payload) {
      const found = this.query(query);
      sent.push({ kind, event, payload });
      return kind === "one" ? Math.min(found.length, 1) : found.length;
    },
  };
}

/** What runs plugins under test, with what it logged and counted. */
export interface TestHost {
  readonly hooks: Hooks;
  readonly clock: SteppedClock;
  readonly logged: { readonly level: string; readonly message: string; readonly [field: string]: unknown }[];
  /** `plugin hook reason`, as often as it was counted. */
  readonly failures: string[];
  readonly server: ReturnType<typeof createTestServer>;
  /** Steps the clock until a promise is there. */
  after<T>(ms: number, promise: T | Promise<T>): Promise<T>;
}

/** Plugins as they are given, without files. */
export function createTestHost(
  plugins: readonly (Partial<Plugin> & { readonly name: string })[],
  options: Partial<PluginsOptions> = {},
): TestHost {
  const clock = createSteppedClock();
  const logged: TestHost["logged"] = [];
  const failures: string[] = [];
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void logged.push({ level, message, ...fields });
  const logger: Logger = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const metrics: Metrics = {
    contentType: "text/plain",
    render: async () => "",
    counter: (name, _help, labels = {}) => ({
      get total() {
        return 0;
      },
      set total(_value) {
        if (name === "singyeong_plugin_errors_total") failures.push(Object.values(labels).join(" "));
      },
    }),
    gauge() {},
    gauges() {},
    histogram: () => ({ observe() {} }),
  };
  const hooks = createPluginHost(
    plugins.map((plugin) => ({ plugin: definePlugin({ version: "1.0.0", ...plugin }), source: `./${plugin.name}.js` })),
    {
      settings: {},
      deadlineMs: 100,
      maxDepth: 16,
      builtInEvents: new Set(["SEND"]),
      clock,
      logger,
      metrics,
      ...options,
    },
  );
  return {
    hooks,
    clock,
    logged,
    failures,
    server: createTestServer(),
    async after(ms, promise) {
      let isThere = false;
      const settled = Promise.resolve(promise).finally(() => {
        isThere = true;
      });
      settled.catch(() => {});
      // Whatever can happen without time passing happens first: each hook has a deadline of its own.
      for (await everythingElse(); !isThere; await everythingElse()) clock.advance(ms);
      return settled;
    },
  };
}

const everythingElse = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A hook that never returns. */
export const forever = (): Promise<never> => new Promise(() => {});
