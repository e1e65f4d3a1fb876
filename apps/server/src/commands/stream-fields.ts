/** What stream events have in common: reading their fields. Most frames that clients send are these, so plain JSON is not parsed. */
import type { Codec, Frame, Raw } from "@singyeong/protocol/codec";
import { readHeaders } from "./headers.ts";

/** Why a field does not fit. */
export interface FieldFault {
  readonly at: string;
  readonly message: string;
}

/** A whole number; `undefined` where there is none or null, NaN where it is anything else. */
export function readNumber(codec: Codec, frame: Frame, field: string): number | undefined {
  const raw = frame.field(field);
  if (raw === undefined || raw === "null") return undefined;
  // What JSON reads as another type is no number here either.
  const value = typeof raw === "string" ? Number(raw) : codec.decode(raw);
  if (value === null) return undefined;
  return typeof value === "number" && Number.isSafeInteger(value) ? value : Number.NaN;
}

/** A truth; `usual` where it is missing or null, `null` where it is anything else. */
export function readTruth(codec: Codec, frame: Frame, field: string, usual: boolean): boolean | null {
  const raw = frame.field(field);
  if (raw === undefined || raw === "null") return usual;
  if (raw === "true") return true;
  const value = codec.decode(raw);
  return value === null ? usual : typeof value === "boolean" ? value : null;
}

/** Headers, raw; `undefined` where there are none, `null` where they are no map of text to text. */
export function readRawHeaders(codec: Codec, frame: Frame): Raw | undefined | null {
  const raw = frame.field("headers");
  return raw === undefined ? undefined : readHeaders(codec, raw);
}
