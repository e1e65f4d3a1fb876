/** Bytes of a payload as they came: MessagePack has them, JSON writes them as `{"$base64": "…"}`. `null` where it is none. */
export function readBytes(payload: unknown): Uint8Array | null {
  if (payload instanceof Uint8Array) return payload;
  const text = base64Of(payload);
  if (text === null) return null;
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

/** ES2026 "Uint8Array to and from base64", where it is there: many times as fast. */
const native = Uint8Array as { fromBase64?: (text: string) => Uint8Array };

/** @throws where it is no base64 */
function fromBase64(text: string): Uint8Array {
  if (native.fromBase64 !== undefined) return native.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** About how many bytes a payload has, where that is quickly told; else 0. */
export function weigh(payload: unknown): number {
  if (typeof payload === "string" || payload instanceof Uint8Array) return payload.length;
  return base64Of(payload)?.length ?? 0;
}

function base64Of(payload: unknown): string | null {
  if (typeof payload !== "object" || payload === null) return null;
  const { $base64: text } = payload as { $base64?: unknown };
  return typeof text === "string" ? text : null;
}
