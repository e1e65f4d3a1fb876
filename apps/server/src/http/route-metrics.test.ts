import { expect, it } from "vitest";
import { createPrometheusMetrics } from "../adapters/metrics-prometheus/metrics-prometheus.ts";
import { createRouteMetrics } from "./route-metrics.ts";

it("counts requests by route, method and status, and measures them by route", async () => {
  const metrics = createPrometheusMetrics({ ofProcess: false });
  const { observe } = createRouteMetrics(metrics);
  observe("/a/:b", "GET", 200, 0.002);
  observe("/a/:b", "GET", 200, 3);
  observe("/a/:b", "GET", 404, 0.002);
  observe(null, "BREW", 404, 0.002);
  const text = await metrics.render();
  const read = (series: string) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${series} `))
        ?.split(" ")
        .at(-1),
    );
  expect([
    read('singyeong_http_requests_total{route="/a/:b",method="GET",status="200"}'),
    read('singyeong_http_requests_total{route="/a/:b",method="GET",status="404"}'),
    read('singyeong_http_requests_total{route="none",method="other",status="404"}'),
    read('singyeong_http_request_seconds_bucket{route="/a/:b",method="GET",le="0.0025"}'),
    read('singyeong_http_request_seconds_count{route="/a/:b",method="GET"}'),
  ]).toEqual([2, 1, 1, 2, 3]);
});
