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

/** ES2026 "Uint8Array to and from base64", where it is there. */
const native = Uint8Array as { fromBase64?: (text: string) => Uint8Array };

/** Of Node.js, and of what is like it: many times as fast as letter by letter. */
const { Buffer } = globalThis as {
  Buffer?: { from(memory: ArrayBuffer): { write(text: string, encoding: "base64"): number } };
};

/** @throws where it is no base64 */
function fromBase64(text: string): Uint8Array {
  if (Buffer !== undefined) {
    const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    const letters = text.length - padding;
    const bytes = new Uint8Array(Math.floor((letters * 3) / 4));
    // It passes over what is none, and then has less to write.
    if (letters % 4 !== 1 && Buffer.from(bytes.buffer).write(text, "base64") === bytes.length) return bytes;
    throw new RangeError("no base64");
  }
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
