/** The W3C trace context (https://www.w3.org/TR/trace-context/), as text and as what it says. */
import type { Carried, TraceContext } from "../ports/tracer.ts";

/** Version, trace, span and flags. A version to come may say more behind a further dash. */
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = "0".repeat(32);
const noSpan = "0".repeat(16);
/** A longer `tracestate` is left out, as the standard allows. */
const maxStateLength = 512;
/** Printable ASCII and spaces: anything else could not stand in a header of HTTP. */
const sendable = /^[\x20-\x7e]+$/;

/** What a message brings of its trace; `null` where that is nothing, or is no trace context. */
export function parseTraceparent({ traceparent, tracestate }: Carried): TraceContext | null {
  const match = traceparent === undefined ? null : pattern.exec(traceparent);
  if (match === null) return null;
  const [, version, traceId, spanId, flags, more] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  const isKnown = version !== "ff" && (version !== "00" || more === undefined);
  if (!isKnown || traceId === noTrace || spanId === noSpan) return null;
  return { traceId, spanId, flags: Number.parseInt(flags, 16), state: readState(tracestate) };
}

function readState(tracestate: string | undefined): string | undefined {
  const isCarried = tracestate !== undefined && tracestate.length <= maxStateLength && sendable.test(tracestate);
  return isCarried ? tracestate : undefined;
}

/** The headers that bring a context to the next process. */
export function formatTraceparent({ traceId, spanId, flags, state }: TraceContext): Carried {
  return { traceparent: `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, "0")}`, tracestate: state };
}

/** Whether text is the number of a trace. */
export function isTraceId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text) && text !== noTrace;
}
