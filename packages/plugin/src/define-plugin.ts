import type { Plugin } from "./plugin.ts";

/**
 * Makes a plugin: the module's default export. It returns what it is given, and is there for the types: of the settings by
 * what `settings` returns, of `context.state` by what `load` returns. The server checks the rest when it loads the plugin.
 */
export function definePlugin<Settings = unknown, State = undefined>(
  plugin: Plugin<Settings, State>,
): Plugin<Settings, State> {
  return plugin;
}
