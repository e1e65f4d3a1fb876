import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it } from "vitest";
import { createOpenTelemetrySink } from "./telemetry-otel.ts";

const parent = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  flags: 1,
  state: "vendor=1",
};
const atMs = 1_789_000_000_000.25;

function register(sampler: Sampler = new AlwaysOnSampler()) {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  return exporter;
}

/** Seconds and nanoseconds as milliseconds. */
const toMs = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6;

afterEach(() => trace.disable());

describe("spans for OpenTelemetry", () => {
  it("have their parent, kind, attributes and times", () => {
    const exporter = register();
    const sink = createOpenTelemetrySink("1.2.3");
    const about = {
      name: "send orders",
      kind: "producer" as const,
      client: { application: "shop", id: "c1" },
      attributes: { "messaging.system": "singyeong", "singyeong.receivers": undefined },
    };
    const span = sink.start(about, parent, atMs)!;
    span.event("delivered", atMs + 1, { application: "mill", id: "d1" }, {});
    span.set({ "singyeong.receivers": 1 });
    span.end(atMs + 2, null);
    const [own] = exporter.getFinishedSpans();
    expect(own).toMatchObject({
      name: "send orders",
      kind: SpanKind.PRODUCER,
      parentSpanContext: { traceId: parent.traceId, spanId: parent.spanId, isRemote: true },
      attributes: {
        "messaging.system": "singyeong",
        "singyeong.receivers": 1,
        "singyeong.client.app": "shop",
        "singyeong.client.id": "c1",
      },
      status: { code: SpanStatusCode.UNSET },
      instrumentationScope: { name: "@singyeong/server", version: "1.2.3" },
    });
    expect(own!.events).toMatchObject([{ name: "delivered", attributes: { "singyeong.client.id": "d1" } }]);
    expect([toMs(own!.startTime), toMs(own!.endTime)]).toEqual([atMs, atMs + 2]);
    expect(span.context).toEqual({
      traceId: parent.traceId,
      spanId: own!.spanContext().spanId,
      flags: 1,
      state: "vendor=1",
    });
  });

  it("say why what failed did", () => {
    const exporter = register();
    createOpenTelemetrySink("").start({ name: "x", kind: "client" }, null, atMs)!.end(atMs, "route/no-match");
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        attributes: { "error.type": "route/no-match" },
        status: { code: SpanStatusCode.ERROR, message: "route/no-match" },
      },
    ]);
  });

  it("begin a trace where nothing came, whatever is going on in the process", () => {
    const exporter = register();
    const sink = createOpenTelemetrySink("");
    trace.getTracer("other").startActiveSpan("around", (around) => {
      sink.start({ name: "x", kind: "internal" }, null, atMs)!.end(atMs, null);
      around.end();
    });
    expect(exporter.getFinishedSpans()[0]).toMatchObject({ name: "x", parentSpanContext: undefined });
  });

  it("pass on that a trace is not sampled", () => {
    const exporter = register(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
    const span = createOpenTelemetrySink("").start({ name: "x", kind: "internal" }, null, atMs)!;
    expect(span.context.flags).toBe(0);
    span.end(atMs, null);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it("are none where no SDK is registered", () => {
    const sink = createOpenTelemetrySink("");
    expect(sink.start({ name: "x", kind: "internal" }, null, atMs)).toBeNull();
    expect(sink.start({ name: "x", kind: "internal" }, parent, atMs)).toBeNull();
  });
});
