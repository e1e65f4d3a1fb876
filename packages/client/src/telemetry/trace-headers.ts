import { type Context, context, createTraceState, propagation, trace } from "@opentelemetry/api";

/** Text to text, as it travels beside payloads. */
export type Headers = Readonly<Record<string, string>>;

const traceparent = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/;

/** Headers and, beside these, what the propagator that is set up says of a context: W3C's trace context at least. */
export function injectHeaders(from: Context, headers: Headers = {}): Headers {
  const carrier: Record<string, string> = { ...headers };
  propagation.inject(from, carrier);
  const span = trace.getSpanContext(from);
  if (span === undefined || !trace.isSpanContextValid(span) || carrier.traceparent !== undefined) return carrier;
  const flags = span.traceFlags.toString(16).padStart(2, "0");
  carrier.traceparent = `00-${span.traceId}-${span.spanId}-${flags}`;
  const state = span.traceState?.serialize();
  if (state) carrier.tracestate = state;
  return carrier;
}

/** The inverse: the context that headers came with, and the active one where they say nothing of it. */
export function extractContext(headers: Headers): Context {
  const active = context.active();
  const extracted = propagation.extract(active, headers);
  if (trace.getSpanContext(extracted) !== trace.getSpanContext(active)) return extracted;
  const [, traceId, spanId, flags] = traceparent.exec(headers.traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return extracted;
  const { tracestate } = headers;
  const span = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate && { traceState: createTraceState(tracestate) }),
  };
  return trace.isSpanContextValid(span) ? trace.setSpanContext(extracted, span) : extracted;
}
