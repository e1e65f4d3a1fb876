import type { Value } from "./value.ts";

/** How large a value is, in entries and characters together; stops counting once that is more than `limit`. */
export function sizeUpTo(value: Value, limit: number): number {
  if (typeof value === "string") return value.length + 1;
  if (typeof value !== "object" || value === null) return 1;
  if (value instanceof Uint8Array) return value.length + 1;
  let size = 1;
  const entries = Array.isArray(value) ? (value as readonly Value[]) : Object.keys(value);
  for (let i = 0; i < entries.length && size <= limit; i++) {
    const entry = entries[i]!;
    if (!Array.isArray(value)) size += (entry as string).length;
    const inner = Array.isArray(value) ? entry : (value as { readonly [key: string]: Value })[entry as string]!;
    size += sizeUpTo(inner, limit - size);
  }
  return size;
}
