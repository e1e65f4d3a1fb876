/** The trace context in the `headers` of messages, which are a map of text to text, raw in some codec. */
import { isMap, type Value } from "@singyeong/protocol";
import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Carried } from "../ports/tracer.ts";

/** What headers bring of a trace. */
export function readCarried(codec: Codec, headers: Raw | undefined): Carried {
  const map = readMap(codec, headers);
  return { traceparent: readText(map.traceparent), tracestate: readText(map.tracestate) };
}

/** The headers with another span in the place of the one that came. */
export function carry(codec: Codec, headers: Raw | undefined, { traceparent, tracestate }: Carried): Raw {
  const { traceparent: _, tracestate: __, ...others } = readMap(codec, headers);
  const own: Record<string, string> = {};
  if (traceparent !== undefined) own.traceparent = traceparent;
  if (tracestate !== undefined) own.tracestate = tracestate;
  return codec.encode({ ...others, ...own });
}

function readMap(codec: Codec, headers: Raw | undefined): { readonly [key: string]: Value } {
  const value = headers === undefined ? null : codec.decode(headers);
  return isMap(value) ? value : {};
}

function readText(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
