import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Metrics, Tally } from "../../ports/metrics.ts";
import { createHistogramFamily, type HistogramFamily } from "./histogram.ts";

/** A counter of one name with its series. */
interface Family {
  readonly series: Map<string, { readonly labels: Readonly<Record<string, string>>; readonly tally: Tally }>;
}

export interface PrometheusOptions {
  /** False leaves out what is about the process: it may hold other things than this server. @default true */
  readonly ofProcess?: boolean;
}

/** Metrics of this server and of its process, by prom-client. Totals are read from their tallies at scrape time. */
export function createPrometheusMetrics({ ofProcess = true }: PrometheusOptions = {}): Metrics {
  const registry = new Registry();
  const families = new Map<string, Family>();
  const histograms = new Map<string, HistogramFamily>();
  if (ofProcess) collectDefaultMetrics({ register: registry });

  function createFamily(name: string, help: string, labelNames: string[]): Family {
    const family: Family = { series: new Map() };
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, tally } of family.series.values()) this.inc(labels, tally.total);
      },
    });
    families.set(name, family);
    return family;
  }

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    counter(name, help, labels = {}) {
      const family = families.get(name) ?? createFamily(name, help, Object.keys(labels));
      const key = JSON.stringify(labels);
      const known = family.series.get(key);
      if (known !== undefined) return known.tally;
      const tally = { total: 0 };
      family.series.set(key, { labels, tally });
      return tally;
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    gauges(name, help, labelNames, read) {
      new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.set(labels, value);
        },
      });
    },
    histogram(name, help, buckets, labels = {}) {
      let family = histograms.get(name);
      if (family === undefined) {
        family = createHistogramFamily(registry, name, help, [...buckets]);
        histograms.set(name, family);
      }
      return family.series(labels);
    },
  };
}
