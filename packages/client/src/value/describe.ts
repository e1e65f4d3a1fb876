import { SingyeongError } from "../errors.ts";

/** The error of a value that cannot be sent; its `details` have the place. */
export function invalidValue(at: string, message: string): SingyeongError {
  return new SingyeongError("client/invalid-value", at === "" ? message : `${at}: ${message}`, { details: { at } });
}

/** Whether a value is a map: an object that inherits from nothing but a root prototype, of whichever realm. */
export function isPlainMap(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The kind of a value, in a word: `Map`, `Function`, `Undefined`. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Names what a value is, for the "got …" half of a message. */
export function nameValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return value === undefined ? "nothing" : nameScalar(value);
  return Array.isArray(value) ? "a list" : isPlainMap(value) ? "a map" : "an object that is no plain map";
}

function nameScalar(value: unknown): string {
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

/** Quotes text for a message, cut to 64 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 63)}…` : text);
}

/** Writes one key as a segment of a JSON Pointer: `~` as `~0`, `/` as `~1`. */
export function escapeSegment(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
