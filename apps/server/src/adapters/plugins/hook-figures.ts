import type { Histogram, Metrics } from "../../ports/metrics.ts";
import type { GuardOptions } from "./guard.ts";

const secondsBuckets = [0.0001, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How calls of one plugin are counted: by hook, and by reason where they failed. */
export function createHookFigures(plugin: string, metrics: Metrics): Pick<GuardOptions, "observe" | "count"> {
  const histograms = new Map<string, Histogram>();

  function histogramOf(hook: string): Histogram {
    let histogram = histograms.get(hook);
    if (histogram === undefined) {
      const help = "Time that hooks of plugins took.";
      histogram = metrics.histogram("singyeong_plugin_hook_seconds", help, secondsBuckets, { plugin, hook });
      histograms.set(hook, histogram);
    }
    return histogram;
  }

  return {
    observe: (hook, seconds) => histogramOf(hook).observe(seconds),
    count(hook, reason) {
      metrics.counter("singyeong_plugin_errors_total", "Calls of plugins that failed.", { plugin, hook, reason })
        .total++;
    },
  };
}
