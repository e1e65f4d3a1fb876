import type { Registry } from "prom-client";
import type { Histogram } from "../../ports/metrics.ts";

/** One line of what is scraped. */
interface Line {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A histogram of one name with its series. */
export interface HistogramFamily {
  /** The series with these labels; made where there is none. */
  series(labels: Readonly<Record<string, string>>): Histogram;
}

/**
 * Registers a histogram whose observations are additions to numbers: prom-client's own look the labels up at each, which
 * takes longer than some of what is measured.
 */
export function createHistogramFamily(
  registry: Registry,
  name: string,
  help: string,
  buckets: readonly number[],
): HistogramFamily {
  const all = new Map<string, { readonly histogram: Histogram; readonly lines: () => Line[] }>();
  const get = async () => ({
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    values: [...all.values()].flatMap(({ lines }) => lines()),
  });
  registry.registerMetric({ name, get } as unknown as Parameters<Registry["registerMetric"]>[0]);

  return {
    series(labels) {
      const key = JSON.stringify(labels);
      let own = all.get(key);
      if (own === undefined) {
        own = createSeries(name, labels, buckets);
        all.set(key, own);
      }
      return own.histogram;
    },
  };
}

function createSeries(name: string, labels: Readonly<Record<string, string>>, buckets: readonly number[]) {
  /** By bucket, and last those beyond all of them. */
  const counts = new Float64Array(buckets.length + 1);
  let sum = 0;

  const histogram: Histogram = {
    observe(value) {
      let i = 0;
      while (i < buckets.length && value > buckets[i]!) i++;
      counts[i]!++;
      sum += value;
    },
  };

  function lines(): Line[] {
    let total = 0;
    const below = Array.from(counts, (count, i) => {
      total += count;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: buckets[i] ?? "+Inf" }, value: total };
    });
    return [
      ...below,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }

  return { histogram, lines };
}
