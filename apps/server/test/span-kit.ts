import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach } from "vitest";
import { startObserved } from "./observe-kit.ts";

/** The trace that senders of messages with {@link headers} are in. */
export const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
export const headers = { a: "1", traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: "vendor=1" };

/** What a receiver reads of the trace. */
export const read = (carried: { traceparent: string }) =>
  carried.traceparent.split("-") as [string, string, string, string];

/** Servers that send spans to OpenTelemetry, for the tests of a block, and the spans of each test. */
export function collectSpans() {
  const exporter = new InMemorySpanExporter();
  beforeEach(() => {
    exporter.reset();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });
  afterEach(() => trace.disable());
  return {
    exporter,
    start: () => startObserved({}, { traces: true }),
    find: (name: string) => exporter.getFinishedSpans().find((span) => span.name === name),
  };
}
