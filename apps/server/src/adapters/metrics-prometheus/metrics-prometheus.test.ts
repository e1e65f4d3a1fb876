import { describe, expect, it } from "vitest";
import { createPrometheusMetrics } from "./metrics-prometheus.ts";

const create = () => createPrometheusMetrics({ ofProcess: false });
const lines = async (metrics: ReturnType<typeof create>) => (await metrics.render()).trim().split("\n");

describe("a histogram", () => {
  it("counts up to each bound, the bound included, and adds everything up", async () => {
    const metrics = create();
    const histogram = metrics.histogram("wait_seconds", "Time.", [0.1, 1]);
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
    expect(await lines(metrics)).toEqual([
      "# HELP wait_seconds Time.",
      "# TYPE wait_seconds histogram",
      'wait_seconds_bucket{le="0.1"} 2',
      'wait_seconds_bucket{le="1"} 3',
      'wait_seconds_bucket{le="+Inf"} 4',
      "wait_seconds_sum 7.65",
      "wait_seconds_count 4",
    ]);
  });

  it("has a series for each set of labels, and one where they are the same", async () => {
    const metrics = create();
    metrics.histogram("s", "S.", [1], { event: "A" }).observe(1);
    metrics.histogram("s", "S.", [1], { event: "B" }).observe(1);
    metrics.histogram("s", "S.", [1], { event: "A" }).observe(2);
    expect((await lines(metrics)).filter((line) => line.startsWith("s_count"))).toEqual([
      's_count{event="A"} 2',
      's_count{event="B"} 1',
    ]);
  });

  it("may not take the name of something else", () => {
    const metrics = create();
    metrics.gauge("s", "S.", () => 1);
    expect(() => metrics.histogram("s", "S.", [1])).toThrow("already been registered");
  });
});

describe("the metrics of a process", () => {
  it("tell how late the event loop is", async () => {
    expect(await createPrometheusMetrics().render()).toMatch(/^nodejs_eventloop_lag_p99_seconds \S+$/m);
  });
});
