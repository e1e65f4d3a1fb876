import { type Context, type Tracer, trace } from "@opentelemetry/api";
import type { Client } from "../client.ts";
import type { Telemetry } from "../options/options.ts";
import { createCallTracing } from "./call-tracing.ts";
import { traceHandlers } from "./trace-handlers.ts";
import { extractContext, type Headers } from "./trace-headers.ts";
import { traceSending } from "./trace-sending.ts";

export interface TelemetryOptions {
  /** @default that of the tracer provider which is registered, by the name "@singyeong/client" */
  readonly tracer?: Tracer | undefined;
}

/** What `connect` takes as `telemetry`, with OpenTelemetry behind it. */
export interface OpenTelemetry extends Telemetry {
  /**
   * The context that headers came with, to work on what a loop gave: `context.with(telemetry.contextOf(job.headers), () => …)`.
   * Handlers run in it anyway.
   */
  contextOf(headers: Headers): Context;
}

/**
 * Traces what a client does, through `@opentelemetry/api`: a span for each message that is sent or broadcast, request, job pushed, publication
 * and call, and one for each that a handler gets. The context travels as W3C's `traceparent` and `tracestate` in headers. One may serve several
 * clients.
 *
 * ```ts
 * const client = await connect("singyeong://shop@localhost:4567", { telemetry: createTelemetry() });
 * ```
 */
export function createTelemetry({
  tracer = trace.getTracer("@singyeong/client"),
}: TelemetryOptions = {}): OpenTelemetry {
  return {
    attach(client) {
      const traced = client as Client;
      traceSending(tracer, traced);
      traceHandlers(tracer, traced);
      void traced.use(createCallTracing(tracer, traced.app));
    },
    contextOf: extractContext,
  };
}
