import {
  type Attributes,
  createTraceState,
  isSpanContextValid,
  SpanKind as OtelKind,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { SinkSpan, SpanAttributes, SpanKind, SpanSink, TraceContext, TracedClient } from "../../ports/tracer.ts";

const kinds: Readonly<Record<SpanKind, OtelKind>> = {
  internal: OtelKind.INTERNAL,
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
};

/** Names of the client that a span or an event is about. */
function attributesOf(client: TracedClient | undefined): Attributes {
  if (client === undefined) return {};
  return { "singyeong.client.app": client.application, "singyeong.client.id": client.id };
}

/**
 * Spans for OpenTelemetry, by its API alone: they go wherever an SDK that is registered in this process sends them, as it
 * samples them. Where none is registered nothing is done, and contexts pass through unchanged.
 */
export function createOpenTelemetrySink(version: string): SpanSink {
  const tracer = trace.getTracer("@singyeong/server", version);
  return {
    start({ name, kind, client, attributes = {} }, parent, atMs) {
      const options = {
        kind: kinds[kind],
        startTime: atMs,
        attributes: { ...attributes, ...attributesOf(client) } as Attributes,
      };
      const span = tracer.startSpan(name, options, contextOf(parent));
      const { spanId } = span.spanContext();
      return isSpanContextValid(span.spanContext()) && spanId !== parent?.spanId ? wrap(span) : null;
    },
  };
}

function contextOf(parent: TraceContext | null) {
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, flags, state } = parent;
  const traceState = state === undefined ? {} : { traceState: createTraceState(state) };
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote: true, ...traceState });
}

function wrap(span: Span): SinkSpan {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return {
    context: { traceId, spanId, flags: traceFlags, state: traceState?.serialize() || undefined },
    set(attributes) {
      span.setAttributes(attributes as Attributes);
    },
    event(name, atMs, client, attributes: SpanAttributes) {
      span.addEvent(name, { ...attributes, ...attributesOf(client) } as Attributes, atMs);
    },
    end(atMs, code) {
      if (code !== null) {
        span.setAttribute("error.type", code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      }
      span.end(atMs);
    },
  };
}
