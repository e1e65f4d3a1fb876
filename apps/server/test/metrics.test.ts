import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrometheusMetrics } from "../src/index.ts";
import { startObserved } from "./observe-kit.ts";

const root = join(import.meta.dirname, "../../..");
const namePattern = /\b(?:singyeong|nodejs|process)_[a-z0-9_]+/g;
/** Parts of a histogram stand for it. */
const familyOf = (name: string) => name.replace(/_(bucket|sum|count)$/, "");

/** What a server shows that has done a little of everything. */
async function listMetrics(folder: string): Promise<{ names: Set<string>; own: string[] }> {
  const settings = { auditFile: join(folder, "audit.jsonl"), maxFramesPerSecond: 1000 };
  await using site = await startObserved({ metrics: createPrometheusMetrics() }, settings);
  const client = await site.enter("a");
  client.say("CALL", { id: 1, method: "m", target: { application: "nobody" } });
  await client.next();
  await site.ask("GET", "/api/v1/proxy/nobody/");
  const { text } = await site.ask("GET", "/metrics");
  const names = Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name!);
  return { names: new Set(names), own: names.filter((name) => name.startsWith("singyeong_")) };
}

let folder: string;
let shown: Awaited<ReturnType<typeof listMetrics>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "singyeong-metrics-"));
  shown = await listMetrics(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe("the Grafana dashboard", () => {
  it("asks for metrics that a running server has", async () => {
    const dashboard = JSON.parse(await readFile(join(root, "tooling/observability/grafana-dashboard.json"), "utf8"));
    const targets = dashboard.panels.flatMap((panel: { targets?: { expr: string }[] }) => panel.targets ?? []);
    const asked = new Set(targets.flatMap(({ expr }: { expr: string }) => expr.match(namePattern) ?? []).map(familyOf));
    expect(asked.size).toBeGreaterThan(50);
    expect([...asked].filter((name) => !shown.names.has(name as string))).toEqual([]);
  });

  it("has panels of numbers of their own, each of which asks for something", async () => {
    const { panels } = JSON.parse(await readFile(join(root, "tooling/observability/grafana-dashboard.json"), "utf8"));
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length);
    const empty = panels.filter(
      ({ type, targets }: { type: string; targets?: [] }) => type !== "row" && !targets?.length,
    );
    expect(empty).toEqual([]);
  });
});

describe("the table of metrics in operations.md", () => {
  it("has every metric that a running server has", async () => {
    const page = await readFile(join(root, "docs/operations.md"), "utf8");
    const rows = new Set(Array.from(page.matchAll(/^\| `(singyeong_[a-z_]+)/gm), ([, name]) => name!));
    expect(shown.own.filter((name) => !rows.has(name))).toEqual([]);
  });
});

describe("counts and durations", () => {
  it("are kept by event", async () => {
    await using site = await startObserved();
    const client = await site.enter("a");
    for (let i = 0; i < 65; i++) client.say("SEND", { target: { application: "app" }, payload: i });
    client.say("SEND", { payload: 1, nonce: "bad" });
    for (let i = 0; i < 66; i++) await client.next();
    expect(await site.scrape('singyeong_events_total{event="SEND"}')).toBe(66);
    expect(await site.scrape('singyeong_events_refused_total{event="SEND"}')).toBe(1);
    expect(await site.scrape('singyeong_event_seconds_count{event="SEND"}')).toBe(2);
  });

  it("are kept by route, whatever path was asked for", async () => {
    await using site = await startObserved();
    for (const queue of ["a", "b"]) await site.ask("GET", `/api/v1/queues/${queue}`);
    for (const path of ["/x", "/y"]) await site.ask("GET", path);
    const labels = 'route="/api/v1/queues/:queue",method="GET"';
    expect(await site.scrape(`singyeong_http_requests_total{${labels},status="404"}`)).toBe(2);
    expect(await site.scrape(`singyeong_http_request_seconds_count{${labels}}`)).toBe(2);
    expect(await site.scrape('singyeong_http_requests_total{route="none",method="GET",status="404"}')).toBe(2);
  });

  it("are kept of messages that wait in a queue, once each", async () => {
    await using site = await startObserved();
    const client = await site.enter("a");
    await site.ask("POST", "/api/v1/queues/q/messages", { target: {}, payload: 1 });
    for (const delay_ms of [0, 0]) {
      client.say("QUEUE_REQUEST", { queue: "q" });
      const { d } = await client.next();
      client.say("QUEUE_NACK", { queue: "q", id: d.id ?? d.payload.id, delay_ms }, "n");
      await client.next();
    }
    expect(await site.scrape("singyeong_queue_given_total")).toBe(2);
    expect(await site.scrape("singyeong_queue_wait_seconds_count")).toBe(1);
  });

  it("are kept of connections that the server ends, by reason", async () => {
    await using site = await startObserved();
    const client = await site.enter("a");
    client.socket.send("no JSON");
    await client.next();
    expect(await site.scrape('singyeong_evictions_total{reason="frame/malformed"}')).toBe(1);
    expect(await site.scrape('singyeong_rejected_total{reason="auth/failed"}')).toBe(0);
  });
});
