import type { Codec, Raw } from "./codec.ts";

/**
 * Carries a raw value from one codec to another: digits of integers, floats without fraction and bytes survive as
 * far as the receiving codec can hold them. Within one codec the raw value itself is handed on, untouched.
 */
export function transcode(raw: Raw, from: Codec, to: Codec): Raw {
  return from === to ? raw : to.encode(from.decodeExact(raw));
}
