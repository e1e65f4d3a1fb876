/**
 * Validation of JSON bytes by position (RFC 8259), without building a value.
 *
 * Every function takes the offset where its construct begins and returns the offset behind it, or a negative number
 * that says what is wrong: `malformed(at)` or `tooDeep(at)`, to be read with {@link scanFault}. Accepts exactly
 * what `JSON.parse` accepts, so a slice that passed can be parsed later without a guard. The bytes must be UTF-8;
 * whoever cut them from the wire has made sure of that.
 */
import type { FrameFault, FrameLimits } from "../codec.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Failures deeper than the limit lie below this number; offsets into a frame never reach it. */
const TOO_DEEP = -0x4000_0000;

/** 1 for the bytes at which the walk through a string has to stop and look: quote, backslash, control characters. */
const STOPS_STRING = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** A scan's result where the construct breaks at `at`. */
export const malformed = (at: number): number => -1 - at;
const tooDeep = (at: number): number => TOO_DEEP - at;

/** The byte at an offset, 0 behind the end: typed arrays read beyond their end at a price that lasts. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? bytes[at]! : 0;
}

/** The fault behind a negative scan result. */
export function scanFault(result: number, bytes: Uint8Array): FrameFault {
  if (result <= TOO_DEEP) {
    return { fault: "too-deep", message: "nested deeper than this server accepts", at: TOO_DEEP - result };
  }
  const at = malformed(result);
  if (at >= bytes.length) return { fault: "malformed", message: `unexpected end of input at position ${at}`, at };
  const byte = bytes[at]!;
  const shown = byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)) : `0x${byte.toString(16)}`;
  return { fault: "malformed", message: `unexpected character ${shown} at position ${at}`, at };
}

/** Checks bytes that stand on their own, such as a request's body; `null` where they are JSON within the limits. */
export function checkJson(bytes: Uint8Array, limits: FrameLimits): FrameFault | null {
  const end = skipValue(bytes, skipSpace(bytes, 0), limits.maxDepth);
  if (end < 0) return scanFault(end, bytes);
  const rest = skipSpace(bytes, end);
  return rest === bytes.length ? null : scanFault(malformed(rest), bytes);
}

/** Skips the four white-space characters of JSON. Most frames have none: that way out is small enough to be inlined. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  return byteAt(bytes, at) > 0x20 ? at : skipSpaces(bytes, at);
}

function skipSpaces(bytes: Uint8Array, at: number): number {
  for (;;) {
    const byte = byteAt(bytes, at);
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/** Skips one value of any kind. `depth` is how many more levels of maps and lists may open here. */
export function skipValue(bytes: Uint8Array, at: number, depth: number): number {
  const byte = byteAt(bytes, at);
  if (byte === QUOTE) return skipString(bytes, at);
  if (byte === OPEN_MAP) return depth > 0 ? skipMap(bytes, at, depth - 1) : tooDeep(at);
  if (byte === OPEN_LIST) return depth > 0 ? skipList(bytes, at, depth - 1) : tooDeep(at);
  return skipPlain(bytes, at, byte);
}

/** Skips a number or one of the three words. */
function skipPlain(bytes: Uint8Array, at: number, byte: number): number {
  switch (byte) {
    case 0x74:
      return skipWord(bytes, at, "true");
    case 0x66:
      return skipWord(bytes, at, "false");
    case 0x6e:
      return skipWord(bytes, at, "null");
    default:
      return skipNumber(bytes, at);
  }
}

/** Skips a string from its opening quote. */
export function skipString(bytes: Uint8Array, at: number): number {
  if (byteAt(bytes, at) !== QUOTE) return malformed(at);
  const end = bytes.length;
  at++;
  while (at < end && STOPS_STRING[bytes[at]!] === 0) at++;
  return byteAt(bytes, at) === QUOTE ? at + 1 : skipRest(bytes, at);
}

/** Skips the rest of a string from something in it that needs a look. */
function skipRest(bytes: Uint8Array, at: number): number {
  for (const end = bytes.length; at < end; at++) {
    const byte = bytes[at]!;
    if (STOPS_STRING[byte] === 0) continue;
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) return malformed(at);
    at = skipEscape(bytes, at + 1);
    if (at < 0) return at;
  }
  return malformed(bytes.length);
}

/** Returns the offset of the last byte of an escape whose backslash stands before `at`. */
function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = byteAt(bytes, at);
  if (byte !== 0x75) return byte !== 0 && '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? at : malformed(at);
  for (let i = at + 1; i <= at + 4; i++) {
    const hex = byteAt(bytes, i);
    const isHex = (hex >= 0x30 && hex <= 0x39) || ((hex | 0x20) >= 0x61 && (hex | 0x20) <= 0x66);
    if (!isHex) return malformed(Math.min(i, bytes.length));
  }
  return at + 4;
}

function skipMap(bytes: Uint8Array, at: number, depth: number): number {
  at = skipSpace(bytes, at + 1);
  if (byteAt(bytes, at) === CLOSE_MAP) return at + 1;
  for (;;) {
    at = skipString(bytes, at);
    if (at < 0) return at;
    at = skipColon(bytes, at);
    if (at < 0) return at;
    at = skipValue(bytes, at, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at);
    const byte = byteAt(bytes, at);
    if (byte === CLOSE_MAP) return at + 1;
    if (byte !== COMMA) return malformed(at);
    at = skipSpace(bytes, at + 1);
  }
}

function skipList(bytes: Uint8Array, at: number, depth: number): number {
  at = skipSpace(bytes, at + 1);
  if (byteAt(bytes, at) === CLOSE_LIST) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at);
    const byte = byteAt(bytes, at);
    if (byte === CLOSE_LIST) return at + 1;
    if (byte !== COMMA) return malformed(at);
    at = skipSpace(bytes, at + 1);
  }
}

/** Skips `:` and the space around it. */
export function skipColon(bytes: Uint8Array, at: number): number {
  at = skipSpace(bytes, at);
  return byteAt(bytes, at) === COLON ? skipSpace(bytes, at + 1) : malformed(at);
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 1; i < word.length; i++) if (byteAt(bytes, at + i) !== word.charCodeAt(i)) return malformed(at);
  return at + word.length;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  if (byteAt(bytes, at) === 0x2d) at++;
  at = byteAt(bytes, at) === 0x30 ? at + 1 : skipDigits(bytes, at);
  if (at < 0) return at;
  if (byteAt(bytes, at) === 0x2e) {
    at = skipDigits(bytes, at + 1);
    if (at < 0) return at;
  }
  if ((byteAt(bytes, at) | 0x20) !== 0x65) return at;
  const sign = byteAt(bytes, at + 1);
  return skipDigits(bytes, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
}

/** Skips one or more digits. */
function skipDigits(bytes: Uint8Array, at: number): number {
  const start = at;
  for (;;) {
    const byte = byteAt(bytes, at);
    if (byte < 0x30 || byte > 0x39) return at > start ? at : malformed(at);
    at++;
  }
}
