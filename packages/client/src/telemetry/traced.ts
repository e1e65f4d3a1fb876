import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";

/** What a span is of. */
export interface Work {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** @default the active context */
  readonly parent?: Context | undefined;
}

/** Runs something within a span of its own, which ends with it, or with the promise that it returns. */
export function runTraced<R>(tracer: Tracer, work: Work, run: (inside: Context) => R): R {
  const [span, inside] = beginSpan(tracer, work);
  let result: R;
  try {
    result = context.with(inside, run, undefined, inside);
  } catch (error) {
    throw endSpan(span, error);
  }
  if (!isThenable(result)) {
    span.end();
    return result;
  }
  result.then(
    () => span.end(),
    (error: unknown) => void endSpan(span, error),
  );
  return result;
}

export function beginSpan(tracer: Tracer, { name, kind, attributes, parent }: Work): readonly [Span, Context] {
  const outside = parent ?? context.active();
  const span = tracer.startSpan(name, { kind, attributes }, outside);
  return [span, trace.setSpan(outside, span)];
}

/** Ends the span of what failed; gives the error back. */
export function endSpan(span: Span, error: unknown): unknown {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  span.setAttribute("error.type", typeof code === "string" ? code : error instanceof Error ? error.name : "_OTHER");
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(message ?? error) });
  if (error instanceof Error) span.recordException(error);
  span.end();
  return error;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Messaging by OpenTelemetry's conventions. */
export function messaging(operation: string, type: "send" | "process", destination: string): Omit<Work, "parent"> {
  return {
    name: `${operation} ${destination}`,
    kind: type === "send" ? SpanKind.PRODUCER : SpanKind.CONSUMER,
    attributes: {
      "messaging.system": "singyeong",
      "messaging.operation.name": operation,
      "messaging.operation.type": type,
      "messaging.destination.name": destination,
    },
  };
}
