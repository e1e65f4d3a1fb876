/** A running total. Raising it is a plain addition, fit for the hot path; it is read when somebody scrapes. */
export interface Tally {
  total: number;
}

/** A distribution of measurements. Adding one takes some nanoseconds. */
export interface Histogram {
  observe(value: number): void;
}

/** One series of a gauge with labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a server counts and shows. Names and units follow Prometheus' conventions. */
export interface Metrics {
  /** A counter; `name` ends in `_total`. The same name with other labels gives another series of it. */
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): Tally;
  /** A gauge read at scrape time. */
  gauge(name: string, help: string, read: () => number): void;
  /** A gauge with labels, its series read at scrape time. */
  gauges(name: string, help: string, labelNames: readonly string[], read: () => Iterable<Sample>): void;
  /**
   * A histogram with the upper bounds of its buckets, ascending. The same name with other labels gives another series of
   * it, with the same buckets.
   */
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: Readonly<Record<string, string>>,
  ): Histogram;
  /** All series in the Prometheus text format. */
  render(): Promise<string>;
  /** The media type of what `render` returns. */
  readonly contentType: string;
}
