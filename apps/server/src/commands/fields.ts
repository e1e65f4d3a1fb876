/** Reading the fields of a dispatch. */
import { maxQueueNameBytes, type Value } from "@singyeong/protocol";
import type { Codec, Frame, Raw } from "@singyeong/protocol/codec";
import { type Refusal, refuse } from "./command.ts";

/** A field that is wrong. */
export function refuseField(field: string, message: string): Refusal {
  return refuse("dispatch/invalid", { at: `/d/${field}`, message });
}

/** Text of 1 to 256 bytes that can be written as UTF-8; `null` for anything else, and where it is missing. It may be a slice of the frame: copy it to keep it. */
export function readText(codec: Codec, frame: Frame, field: string): string | null {
  const raw = frame.field(field);
  return raw === undefined ? null : decodeText(codec, raw);
}

/** The same, raw. */
export function readRawText(codec: Codec, frame: Frame, field: string): Raw | null {
  const raw = frame.field(field);
  return raw !== undefined && decodeText(codec, raw) !== null ? raw : null;
}

function decodeText(codec: Codec, raw: Raw): string | null {
  const value = isPlainText(raw) ? raw.slice(1, -1) : codec.decode(raw);
  return typeof value === "string" && isShort(value) && value.isWellFormed() ? value : null;
}

/** JSON text without escapes is what stands between its quotes: no need to parse it. */
function isPlainText(raw: Raw): raw is string {
  return typeof raw === "string" && raw.startsWith('"') && !raw.includes("\\");
}

function isShort(text: string): boolean {
  // A character is three bytes at most: few names need counting.
  return text !== "" && (text.length * 3 <= maxQueueNameBytes || Buffer.byteLength(text) <= maxQueueNameBytes);
}

/** The value of a field; null where it is missing. */
export function readValue(codec: Codec, frame: Frame, field: string): Value {
  const raw = frame.field(field);
  return raw === undefined ? null : codec.decode(raw);
}

/** A whole number between two bounds; `usual` where it is missing or null, `null` where it is anything else. */
export function readWhole(
  codec: Codec,
  frame: Frame,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
  usual: number,
): number | null {
  const value = readValue(codec, frame, field);
  if (value === null) return usual;
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max ? value : null;
}
