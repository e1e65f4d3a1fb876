/** What of a trace travels with a message: the W3C headers of those names, as they stand there. */
export interface Carried {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** Where a span stands: the W3C trace context. */
export interface TraceContext {
  /** 32 hexadecimal digits, lower-case, not all of them 0. */
  readonly traceId: string;
  /** 16 hexadecimal digits, lower-case, not all of them 0. */
  readonly spanId: string;
  /** The flags, 0 to 255; bit 0 says that the trace is sampled. */
  readonly flags: number;
  /** The `tracestate`, as it came. */
  readonly state: string | undefined;
}

/** How a span stands to those around it, as OpenTelemetry has it. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** Attributes by the names of OpenTelemetry's semantic conventions, or `singyeong.*`; `undefined` is left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A client that a span is about. */
export interface TracedClient {
  readonly application: string;
  readonly id: string;
}

/** What is known of a span when it begins. */
export interface SpanStart {
  /** What is done, and to what: `send orders`. */
  readonly name: string;
  readonly kind: SpanKind;
  /** What came with the message; `null` where nothing did: the span is the first of its trace. */
  readonly parent: Carried | TraceContext | null;
  /** Who asked for it, or who got it. */
  readonly client?: TracedClient | undefined;
  readonly attributes?: SpanAttributes;
}

/** A piece of work that is traced, until it ends. */
export interface Span {
  readonly context: TraceContext;
  /** What goes on with the message, in place of what came. */
  readonly carried: Carried;
  /** Adds attributes, also as late as just before the end. */
  set(attributes: SpanAttributes): void;
  /** Something happened at this moment, to a client where one is named. */
  event(name: string, client?: TracedClient, attributes?: SpanAttributes): void;
  /** Ends it, once: later calls do nothing. `code` is the row of the table of errors, or whatever else names a failure; `null` is none. */
  end(code?: string | null): void;
}

/**
 * Follows work from one process to the next. While it is off nobody looks at anything else: ask `isOn` first, and call
 * `start` only then.
 *
 * ```ts
 * const span = tracer.isOn ? tracer.start({ name: "GET", kind: "client", parent }) : null;
 * send(span === null ? headers : { ...headers, ...span.carried });
 * span?.end(null);
 * ```
 */
export interface Tracer {
  /** Whether anybody takes spans now: it changes while the server runs. */
  readonly isOn: boolean;
  /** Begins a span; `null` where nobody wants this one: then what came is passed on as it is. */
  start(start: SpanStart): Span | null;
}

/** A span as those get it who take spans. */
export interface SinkSpan {
  readonly context: TraceContext;
  set(attributes: SpanAttributes): void;
  /** `atMs` is in milliseconds since the epoch, with a fraction, here and below. */
  event(name: string, atMs: number, client: TracedClient | undefined, attributes: SpanAttributes): void;
  end(atMs: number, code: string | null): void;
}

/** Where spans go that leave the process. */
export interface SpanSink {
  /** Begins a span and gives it its number; `null` where nobody takes it. `parent` is `null` where there is none, or none that can be read. */
  start(start: Omit<SpanStart, "parent">, parent: TraceContext | null, atMs: number): SinkSpan | null;
}

/** A tracer that is always off. */
export const noTracer: Tracer = { isOn: false, start: () => null };
