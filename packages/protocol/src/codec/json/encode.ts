import { toBase64 } from "../../base64.ts";
import { type Value, Whole } from "../../value.ts";
import type { DeliveryParts, EventValue, Raw } from "../codec.ts";
import { cutBytes } from "../slab.ts";

/** A piece of ready JSON for `JSON.stringify` to copy as it is (ES2025 "JSON.rawJSON"). */
const rawJson = (JSON as unknown as { rawJSON(text: string): object }).rawJSON;

/** Encodes a value: bigints by their digits, `Whole` with its `.0`, bytes as `{"$base64": "…"}`. */
export function encode(value: Value): string {
  return JSON.stringify(value, replace);
}

function replace(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return rawJson(value.toString());
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Whole) return rawJson(formatFloat(value.float));
  // A Buffer has turned itself into something else by now; its holder still has the bytes.
  const held = (this as Record<string, unknown>)[key];
  return held instanceof Uint8Array ? { $base64: toBase64(held) } : value;
}

function formatFloat(float: number): string {
  if (!Number.isFinite(float)) return "null";
  const text = Object.is(float, -0) ? "-0" : String(float);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

let lastKey = "";
let lastQuotedKey = '""';

/**
 * A map whose last value is spliced. Hot path: without a function for each value `JSON.stringify` takes half the time,
 * and few keys are ever asked for, so the last one's text is kept.
 */
export function embed(fields: { readonly [key: string]: Value }, key: string, raw: Raw): string {
  if (key !== lastKey) {
    lastQuotedKey = JSON.stringify(key);
    lastKey = key;
  }
  const text = isFlat(fields) ? JSON.stringify(fields) : encode(fields);
  const start = text === "{}" ? "{" : `${text.slice(0, -1)},`;
  return `${start}${lastQuotedKey}:${raw as string}}`;
}

/** Whether all values are texts and numbers, which `JSON.stringify` writes as `encode` does. */
function isFlat(fields: { readonly [key: string]: Value }): boolean {
  for (const value of Object.values(fields)) {
    if (typeof value !== "string" && typeof value !== "number") return false;
  }
  return true;
}

/** A frame of the server's own; `d` is encoded by `encode`. */
export function encodeFrame(op: number, d: Value, ts: number, t: string | null): string {
  return `{"op":${op},"d":${encode(d)},"ts":${ts},"t":${JSON.stringify(t)}}`;
}

/** A dispatch of the server's own; `d` is ready JSON. */
export function encodeDispatch(t: string, d: Raw, ts: number): string {
  return `{"op":4,"d":${d as string},"ts":${ts},"t":${JSON.stringify(t)}}`;
}

/** A dispatch put together from entries. */
export function encodeEvent(t: string, keys: readonly string[], values: readonly EventValue[], ts: number): string {
  let text = `{"op":4,"t":"${t}","ts":${ts},"d":{`;
  let isFirst = true;
  for (let i = 0; i < keys.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    text += isFirst ? `"${keys[i]!}":${value as string}` : `,"${keys[i]!}":${value as string}`;
    isFirst = false;
  }
  return `${text}}}`;
}

let lastTs = -1;
let lastEvent = "";
let lastEnd = "";

/**
 * A dispatch spliced from raw parts. Hot path: what ends a frame stays the same for a millisecond, and a text of five
 * pieces is flattened a third faster than one of eleven, so the end is kept.
 */
export function encodeDelivery(t: string, parts: DeliveryParts, ts: number): Raw {
  if (ts !== lastTs || t !== lastEvent) {
    lastTs = ts;
    lastEvent = t;
    lastEnd = `,"target":null},"ts":${ts},"t":${JSON.stringify(t)}}`;
  }
  const nonce = parts.nonce === undefined ? "null" : (parts.nonce as string);
  const payload = parts.payload as string;
  if (parts.headers === undefined) return `{"op":4,"d":{"nonce":${nonce},"payload":${payload}${lastEnd}`;
  return `{"op":4,"d":{"nonce":${nonce},"headers":${parts.headers as string},"payload":${payload}${lastEnd}`;
}

/** A frame with a last key `seq`, as text or as bytes: whichever it was. */
export function number(frame: Raw, seq: number): Raw {
  const end = `,"seq":${seq}}`;
  if (typeof frame === "string") return frame.slice(0, -1) + end;
  const start = frame.length - 1;
  const numbered = cutBytes(start + end.length);
  numbered.set(frame);
  for (let i = 0; i < end.length; i++) numbered[start + i] = end.charCodeAt(i);
  return numbered;
}
