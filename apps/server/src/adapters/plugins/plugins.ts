import { PluginError } from "../../kernel/plugin-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HookClient, HookServer, Hooks } from "../../ports/hooks.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { arrange } from "./arrange.ts";
import { createContext } from "./context.ts";
import { findModules, type Places } from "./find-modules.ts";
import { createGuard } from "./guard.ts";
import { createHookFigures } from "./hook-figures.ts";
import { createJudge } from "./judge.ts";
import { createLife, type LivingPart } from "./life.ts";
import { loadDefinition, readSettings } from "./load-definition.ts";
import { createOwnEvents } from "./own-events.ts";
import type { Definition } from "./part.ts";
import { createPassEvents } from "./pass-events.ts";
import { createRoutes } from "./routes.ts";

export interface PluginsOptions extends Places {
  /** By name of plugin. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How long a hook may take. */
  readonly deadlineMs: number;
  /** How deep values of plugins may be nested. */
  readonly maxDepth: number;
  /** Events that no plugin may own. */
  readonly builtInEvents: ReadonlySet<string>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Finds and imports plugins; `null` where there are none. @throws PluginError that says which one is wrong, and how */
export async function createPlugins(options: PluginsOptions): Promise<Hooks | null> {
  const files = findModules(options);
  const definitions: Definition[] = [];
  for (const file of files) definitions.push(await loadDefinition(file, options.cwd));
  return definitions.length === 0 ? null : createPluginHost(definitions, options);
}

/** Runs plugins. @throws PluginError where they do not go together, or their settings are wrong */
export function createPluginHost(given: readonly Definition[], options: Omit<PluginsOptions, keyof Places>): Hooks {
  const { clock, logger, metrics, maxDepth } = options;
  const definitions = arrange(given);
  const offered = new Map<string, unknown>();
  let server: HookServer | null = null;

  for (const name of Object.keys(options.settings)) {
    if (!definitions.some(({ plugin }) => plugin.name === name)) {
      logger.warn({ plugin: name }, "there are settings for a plugin that is not loaded");
    }
  }
  refuseBuiltIn(definitions, options.builtInEvents);
  const parts = definitions.map(({ plugin }): LivingPart => {
    const { name } = plugin;
    const guard = createGuard({
      name,
      deadlineMs: options.deadlineMs,
      clock,
      logger,
      ...createHookFigures(name, metrics),
    });
    const own = createContext(plugin, readSettings(plugin, options.settings[name]), {
      clock,
      logger,
      metrics,
      maxDepth,
      server: () => server ?? failEarly(name),
      exportsOf: (other) => offered.get(other),
      onError: (error) => void guard.fail("timers", "threw", error),
    });
    return { plugin, guard, own, context: own.context };
  });
  metrics.gauges("singyeong_plugin_info", "Plugins that are loaded.", ["plugin", "version"], () =>
    parts.map(({ plugin: { name, version } }) => ({ labels: { plugin: name, version }, value: 1 })),
  );
  metrics.gauges("singyeong_plugin_out", "Plugins that are out of traffic for a while: 1.", ["plugin"], () =>
    parts.map(({ plugin: { name }, guard }) => ({ labels: { plugin: name }, value: guard.isOut() ? 1 : 0 })),
  );

  const looking = (direction: "in" | "out"): readonly LivingPart[] =>
    parts.filter(
      ({ plugin }) => plugin.onDispatch !== undefined && (plugin.directions ?? [direction]).includes(direction),
    );
  const [incoming, outgoing] = [looking("in"), looking("out")];
  const judging = parts.filter(({ plugin }) => plugin.auth !== undefined);
  const life = createLife(parts, clock, (plugin, exports) => offered.set(plugin, exports));

  return {
    ...createOwnEvents(parts, maxDepth),
    seesIncoming: incoming.length > 0,
    seesOutgoing: outgoing.length > 0,
    incoming: createPassEvents("in", incoming, maxDepth),
    outgoing: createPassEvents("out", outgoing, maxDepth),
    judge: judging.length === 0 ? null : createJudge(judging),
    connected: createNotice("onConnect", parts),
    disconnected: createNotice("onDisconnect", parts),
    changed: createNotice("onMetadata", parts),
    findRoute: createRoutes(parts),
    start(given) {
      server = given;
      return life.start();
    },
    stop: life.stop,
  };
}

/** Tells those who want to know. Nobody waits for them, and those that are out of traffic are not told. */
function createNotice(
  hook: "onConnect" | "onDisconnect" | "onMetadata",
  parts: readonly LivingPart[],
): (client: HookClient) => void {
  const told = parts.filter(({ plugin }) => plugin[hook] !== undefined);
  return (client) => {
    for (const { plugin, guard, context } of told) {
      void guard.run(hook, null, () =>
        plugin[hook]!(client as Parameters<NonNullable<typeof plugin.onConnect>>[0], context),
      );
    }
  };
}

function refuseBuiltIn(definitions: readonly Definition[], builtIn: ReadonlySet<string>): void {
  for (const { plugin } of definitions) {
    const events = Array.isArray(plugin.events)
      ? (plugin.events as readonly string[])
      : Object.keys(plugin.events ?? {});
    const taken = events.find((event) => builtIn.has(event));
    if (taken !== undefined) {
      throw new PluginError(
        `plugin ${plugin.name}: ${taken} is an event of the server; onDispatch looks at those, and may halt them`,
      );
    }
  }
}

function failEarly(plugin: string): never {
  throw new PluginError(`plugin ${plugin} asked for the server before it was there`);
}
