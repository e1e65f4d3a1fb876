import { isMap, type Value } from "@singyeong/protocol";
import type { Codec, Raw } from "@singyeong/protocol/codec";

/** Raw headers that hold; `undefined` for null, which means none, and `null` for anything but a map of text to text. */
export function readHeaders(codec: Codec, raw: Raw): Raw | undefined | null {
  const value: Value = codec.decode(raw);
  if (value === null) return undefined;
  if (!isMap(value)) return null;
  return Object.values(value).every((text) => typeof text === "string") ? raw : null;
}
