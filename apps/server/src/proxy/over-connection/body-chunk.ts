/** Parts of bodies, as they travel in messages of a stream ([SH-4]). */
import type { Codec, Raw } from "@singyeong/protocol/codec";

/** The largest part that the server sends, in bytes. */
export const maxChunkBytes = 64 * 1024;

/** In JSON, bytes stand between these. */
const [prefix, suffix] = ['{"$base64":"', '"}'];

export function encodeChunk(codec: Codec, chunk: Uint8Array): Raw {
  if (codec.encoding !== "json") return codec.encode(chunk);
  return `${prefix}${Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("base64")}${suffix}`;
}

/** Bytes that are the receiver's to keep; text is its UTF-8. `null` for what is neither. */
export function decodeChunk(codec: Codec, raw: Raw): Uint8Array | null {
  if (typeof raw === "string" && raw.startsWith(prefix) && raw.endsWith(suffix) && !raw.includes("\\")) {
    return readBase64(raw.slice(prefix.length, -suffix.length));
  }
  const value = codec.decode(raw);
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return Buffer.from(value);
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return null;
  const { $base64: text } = value as { readonly $base64?: unknown };
  return typeof text === "string" ? readBase64(text) : null;
}

/** `null` for what is no standard base64 with its padding: `Buffer` passes over what it cannot read. */
function readBase64(text: string): Uint8Array | null {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.from(text, "base64");
  return text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}
