import type { PluginCounter, PluginMetrics } from "@singyeong/plugin";
import type { Metrics } from "../../ports/metrics.ts";

/** Counters that one plugin may have. */
const maxCounters = 100;

/** The counters of one plugin. */
export function createFigures(plugin: string, metrics: Metrics): PluginMetrics {
  const counters = new Map<string, PluginCounter>();
  const prefix = `singyeong_plugin_${plugin.replace(/[^a-z0-9]+/g, "_").replace(/^_/, "")}`;
  return {
    counter(name, help) {
      const known = counters.get(name);
      if (known !== undefined) return known;
      if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) throw new Error(`${name}: no name of a counter (a-z, 0-9 and _)`);
      if (counters.size >= maxCounters) throw new Error(`a plugin has at most ${maxCounters} counters`);
      const tally = metrics.counter(`${prefix}_${name}_total`, help, { plugin });
      const counter: PluginCounter = {
        add(count = 1) {
          if (!(count >= 0 && Number.isFinite(count)))
            throw new RangeError(`a counter grows, by a number, not ${count}`);
          tally.total += count;
        },
      };
      counters.set(name, counter);
      return counter;
    },
  };
}
