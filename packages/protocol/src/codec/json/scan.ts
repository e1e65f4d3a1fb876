/**
 * Validation of JSON text by position (RFC 8259), without building a value.
 *
 * Every function takes the index where its construct begins and returns the index behind it, or a negative number
 * that says what is wrong: `malformed(at)` or `tooDeep(at)`, to be read with {@link scanFault}. Accepts exactly
 * what `JSON.parse` accepts, so a slice that passed can be parsed later without a guard.
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

/** Failures deeper than the limit lie below this number; indexes into a text never reach it. */
const TOO_DEEP = -0x4000_0000;

const malformed = (at: number): number => -1 - at;
const tooDeep = (at: number): number => TOO_DEEP - at;

/** The fault behind a negative scan result. */
export function scanFault(result: number, text: string): FrameFault {
  if (result <= TOO_DEEP) {
    return { fault: "too-deep", message: "nested deeper than this server accepts", at: TOO_DEEP - result };
  }
  const at = -1 - result;
  const message =
    at >= text.length
      ? `unexpected end of input at position ${at}`
      : `unexpected character ${JSON.stringify(text[at])} at position ${at}`;
  return { fault: "malformed", message, at };
}

/** Checks a whole text that stands on its own, such as a request's body; `null` where it is JSON within the limits. */
export function checkJson(text: string, limits: FrameLimits): FrameFault | null {
  const end = skipValue(text, skipSpace(text, 0), limits.maxDepth);
  if (end < 0) return scanFault(end, text);
  const rest = skipSpace(text, end);
  return rest === text.length ? null : scanFault(malformed(rest), text);
}

/** Skips the four white-space characters of JSON. */
export function skipSpace(text: string, at: number): number {
  for (;;) {
    const c = text.charCodeAt(at);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return at;
    at++;
  }
}

/** Skips one value of any kind. `depth` is how many more levels of maps and lists may open here. */
export function skipValue(text: string, at: number, depth: number): number {
  const c = text.charCodeAt(at);
  switch (c) {
    case QUOTE:
      return skipString(text, at);
    case OPEN_MAP:
      return depth > 0 ? skipMap(text, at, depth - 1) : tooDeep(at);
    case OPEN_LIST:
      return depth > 0 ? skipList(text, at, depth - 1) : tooDeep(at);
    case 0x74:
      return text.startsWith("true", at) ? at + 4 : malformed(at);
    case 0x66:
      return text.startsWith("false", at) ? at + 5 : malformed(at);
    case 0x6e:
      return text.startsWith("null", at) ? at + 4 : malformed(at);
    default:
      return skipNumber(text, at);
  }
}

/** Skips a string from its opening quote. */
export function skipString(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return malformed(at);
  const end = text.length;
  for (let i = at + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return i + 1;
    if (c < 0x20) return malformed(i);
    if (c === BACKSLASH) {
      i = skipEscape(text, i + 1);
      if (i < 0) return i;
    }
  }
  return malformed(end);
}

/** Returns the index of the last character of an escape whose backslash stands before `at`. */
function skipEscape(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c !== 0x75) return '"\\/bfnrt'.includes(text.charAt(at)) && at < text.length ? at : malformed(at);
  for (let i = at + 1; i <= at + 4; i++) {
    const hex = text.charCodeAt(i) | 0x20;
    const isHex = (hex >= 0x30 && hex <= 0x39 && text.charCodeAt(i) < 0x40) || (hex >= 0x61 && hex <= 0x66);
    if (!isHex) return malformed(Math.min(i, text.length));
  }
  return at + 4;
}

function skipMap(text: string, at: number, depth: number): number {
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_MAP) return at + 1;
  for (;;) {
    at = skipString(text, at);
    if (at < 0) return at;
    at = skipColon(text, at);
    if (at < 0) return at;
    at = skipValue(text, at, depth);
    if (at < 0) return at;
    at = skipSpace(text, at);
    const c = text.charCodeAt(at);
    if (c === CLOSE_MAP) return at + 1;
    if (c !== COMMA) return malformed(at);
    at = skipSpace(text, at + 1);
  }
}

function skipList(text: string, at: number, depth: number): number {
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_LIST) return at + 1;
  for (;;) {
    at = skipValue(text, at, depth);
    if (at < 0) return at;
    at = skipSpace(text, at);
    const c = text.charCodeAt(at);
    if (c === CLOSE_LIST) return at + 1;
    if (c !== COMMA) return malformed(at);
    at = skipSpace(text, at + 1);
  }
}

/** Skips `:` and the space around it. */
export function skipColon(text: string, at: number): number {
  at = skipSpace(text, at);
  return text.charCodeAt(at) === COLON ? skipSpace(text, at + 1) : malformed(at);
}

function skipNumber(text: string, at: number): number {
  if (text.charCodeAt(at) === 0x2d) at++;
  const first = text.charCodeAt(at);
  if (first === 0x30) at++;
  else at = skipDigits(text, at);
  if (at < 0) return at;
  if (text.charCodeAt(at) === 0x2e) {
    at = skipDigits(text, at + 1);
    if (at < 0) return at;
  }
  if ((text.charCodeAt(at) | 0x20) !== 0x65) return at;
  const sign = text.charCodeAt(at + 1);
  return skipDigits(text, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
}

/** Skips one or more digits. */
function skipDigits(text: string, at: number): number {
  const start = at;
  for (;;) {
    const c = text.charCodeAt(at);
    if (!(c >= 0x30 && c <= 0x39)) return at > start ? at : malformed(at);
    at++;
  }
}
