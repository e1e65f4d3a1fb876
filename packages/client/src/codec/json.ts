import { SingyeongError } from "../errors.ts";
import { isTyped } from "../metadata/typed.ts";
import { holdsSpecial } from "../value/inspect.ts";

/** Reading digits takes time that grows with their square: an integer of more characters comes out as its text. */
const maxDigits = 1024;

/**
 * Where a number of 16 digits or more may begin: 2^53 has 16, so a shorter one is exact as it is. What stands before
 * the digits keeps most text out, such as ids that are sent as strings, for a reviver multiplies the time.
 */
const longNumber = /(?:^|[[:,\s])-?\d{16}/;
const integer = /^-?\d+$/;

/** `JSON.parse` hands a reviver the source text of primitive values (ES2026 "JSON.parse source text access"). */
type SourceReviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/** A piece of ready JSON for `JSON.stringify` to copy as it is (ES2026 "JSON.rawJSON"). */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Reads JSON; an integer beyond ±(2^53 − 1) comes out as `bigint`, digit for digit.
 * @throws `client/protocol` for what is no JSON
 */
export function parseJson(text: string): unknown {
  try {
    return holdsLongNumber(text) ? parseWith(text, reviveInteger) : JSON.parse(text);
  } catch (cause) {
    throw new SingyeongError("client/protocol", `expected JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Of 16 digits in a row one stands at every sixteenth place: of most text the rest is not looked at. */
function holdsLongNumber(text: string): boolean {
  const isDigit = (at: number): boolean => text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57;
  for (let end = 15; end < text.length; end += 16) {
    if (!isDigit(end)) continue;
    let begin = end;
    while (isDigit(begin - 1)) begin--;
    while (isDigit(end + 1)) end++;
    if (end - begin >= 15) return longNumber.test(text);
  }
  return false;
}

const reviveInteger: SourceReviver = (_key, value, context) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  if (source === undefined || !integer.test(source)) return value;
  return source.length <= maxDigits ? BigInt(source) : source;
};

/**
 * Writes JSON as `JSON.stringify` does, and also a `bigint` by its digits, bytes as `{"$base64": "…"}` and what is typed
 * by its value. Hot path: what is plain is looked through once and then left to `JSON.stringify`.
 * @throws `client/invalid-value` for what would not arrive as it is; see `holdsSpecial`
 */
export function formatJson(value: unknown): string {
  return holdsSpecial(value) ? JSON.stringify(value, writeSpecial) : JSON.stringify(value);
}

function writeSpecial(this: unknown, key: string, value: unknown): unknown {
  // A Buffer has turned itself into something else by now; its holder still has the bytes.
  const held = (this as Record<string, unknown>)[key];
  const given = held instanceof Uint8Array ? held : value;
  if (given instanceof Uint8Array) return { $base64: toBase64(given) };
  const plain = isTyped(given) ? given.value : given;
  return typeof plain === "bigint" ? rawJSON(plain.toString()) : plain;
}

/** Of Node.js, and of what is like it. */
const { Buffer } = globalThis as { Buffer?: { from(...part: [ArrayBufferLike, number, number]): Encoder } };

interface Encoder {
  toString(encoding: "base64"): string;
}

/** By ES2026 "Uint8Array to and from base64", where it is there; else in steps, because arguments to a call are limited. */
function toBase64(bytes: Uint8Array & { toBase64?(): string }): string {
  if (Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
  if (bytes.toBase64) return bytes.toBase64();
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
