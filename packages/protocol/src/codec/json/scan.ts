/**
 * Validation of JSON bytes by position (RFC 8259), without building a value.
 *
 * Every function takes the offset where its construct begins and returns the offset behind it, or a negative number
 * that says what is wrong: `malformed(at)` or `tooDeep(at)`, to be read with {@link scanFault}. Accepts exactly
 * what `JSON.parse` accepts, so a slice that passed can be parsed later without a guard. The bytes must be UTF-8;
 * whoever cut them from the wire has made sure of that. A zero must stand behind them ({@link loadText}): it is no
 * part of any construct, so every walk ends there and no step has to compare its place with the end.
 */
import type { FrameFault, FrameLimits } from "../codec.ts";
import { BACKSLASH, CLOSE_LIST, CLOSE_MAP, COLON, COMMA, OPEN_LIST, OPEN_MAP, QUOTE } from "./characters.ts";
import { loadedWords, loadText } from "./text-buffer.ts";

/** Failures deeper than the limit lie below this number; offsets into a frame never reach it. */
const TOO_DEEP = -0x4000_0000;

/** 1 for the bytes at which the walk through a string has to stop and look: quote, backslash, control characters. */
const STOPS_STRING = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** Strings are walked byte by byte up to here: most end sooner. */
const NEAR = 40;
const SPACES = 0x20202020;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/** A scan's result where the construct breaks at `at`. */
export const malformed = (at: number): number => -1 - at;
const tooDeep = (at: number): number => TOO_DEEP - at;

/** The fault behind a negative scan result; `end` is where the text ends. */
export function scanFault(result: number, bytes: Uint8Array, end: number): FrameFault {
  if (result <= TOO_DEEP) {
    return { fault: "too-deep", message: "nested deeper than this server accepts", at: TOO_DEEP - result };
  }
  const at = malformed(result);
  if (at >= end) return { fault: "malformed", message: `unexpected end of input at position ${at}`, at };
  const byte = bytes[at]!;
  const shown = byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)) : `0x${byte.toString(16)}`;
  return { fault: "malformed", message: `unexpected character ${shown} at position ${at}`, at };
}

/** Checks bytes that stand on their own, such as a request's body; `null` where they are JSON within the limits. */
export function checkJson(bytes: Uint8Array, limits: FrameLimits): FrameFault | null {
  const text = loadText(bytes);
  const end = skipValue(text, skipSpace(text, 0), limits.maxDepth);
  if (end < 0) return scanFault(end, text, bytes.length);
  const rest = skipSpace(text, end);
  return rest === bytes.length ? null : scanFault(malformed(rest), text, bytes.length);
}

/** Skips the four white-space characters of JSON. Most frames have none: that way out is small enough to be inlined. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  return bytes[at]! > 0x20 ? at : skipSpaces(bytes, at);
}

function skipSpaces(bytes: Uint8Array, at: number): number {
  for (;;) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/** Skips one value of any kind. `depth` is how many more levels of maps and lists may open here. */
export function skipValue(bytes: Uint8Array, at: number, depth: number): number {
  const byte = bytes[at]!;
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
  if (bytes[at] !== QUOTE) return malformed(at);
  at++;
  const near = (at + NEAR) & ~3;
  while (STOPS_STRING[bytes[at]!] === 0) if (++at === near) at = skipWords(at);
  return bytes[at] === QUOTE ? at + 1 : skipRest(bytes, at);
}

/**
 * Skips what needs no look, four bytes at a time from a multiple of four on: in long strings, half the time. Whether any byte of a word is below
 * 0x20, or zero once quotes or backslashes are made zeros, is told by borrows ("Bit Twiddling Hacks", Anderson, 1997).
 */
function skipWords(at: number): number {
  const words = loadedWords();
  let i = at >> 2;
  for (;;) {
    const word = words[i]!;
    const quotes = word ^ QUOTES;
    const backslashes = word ^ BACKSLASHES;
    const stops = ((word - SPACES) & ~word) | ((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes);
    if ((stops & HIGH_BITS) !== 0) return i << 2;
    i++;
  }
}

/** Skips the rest of a string from something in it that needs a look. */
function skipRest(bytes: Uint8Array, at: number): number {
  for (;;) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) {
      at = skipEscape(bytes, at + 1);
      if (at < 0) return at;
    } else if (STOPS_STRING[byte] !== 0) {
      return malformed(at);
    }
    at++;
  }
}

/** Returns the offset of the last byte of an escape whose backslash stands before `at`. */
function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!;
  if (byte !== 0x75) return byte !== 0 && '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? at : malformed(at);
  for (let i = at + 1; i <= at + 4; i++) {
    const hex = bytes[i]!;
    const isHex = (hex >= 0x30 && hex <= 0x39) || ((hex | 0x20) >= 0x61 && (hex | 0x20) <= 0x66);
    if (!isHex) return malformed(i);
  }
  return at + 4;
}

function skipMap(bytes: Uint8Array, at: number, depth: number): number {
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_MAP) return at + 1;
  for (;;) {
    at = skipString(bytes, at);
    if (at < 0) return at;
    at = skipColon(bytes, at);
    if (at < 0) return at;
    at = skipValue(bytes, at, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at);
    const byte = bytes[at]!;
    if (byte === CLOSE_MAP) return at + 1;
    if (byte !== COMMA) return malformed(at);
    at = skipSpace(bytes, at + 1);
  }
}

function skipList(bytes: Uint8Array, at: number, depth: number): number {
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at);
    const byte = bytes[at]!;
    if (byte === CLOSE_LIST) return at + 1;
    if (byte !== COMMA) return malformed(at);
    at = skipSpace(bytes, at + 1);
  }
}

/** Skips `:` and the space around it. */
export function skipColon(bytes: Uint8Array, at: number): number {
  at = skipSpace(bytes, at);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : malformed(at);
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 1; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return malformed(at);
  return at + word.length;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x2d) at++;
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at);
  if (at < 0) return at;
  if (bytes[at] === 0x2e) {
    at = skipDigits(bytes, at + 1);
    if (at < 0) return at;
  }
  if ((bytes[at]! | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1]!;
  return skipDigits(bytes, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
}

/** Skips one or more digits. */
function skipDigits(bytes: Uint8Array, at: number): number {
  const start = at;
  for (;;) {
    const byte = bytes[at]!;
    if (byte < 0x30 || byte > 0x39) return at > start ? at : malformed(at);
    at++;
  }
}
