/** Words without quotes: which there are and what they mean. Reader and writer share this, so that they agree. */

/** Text that needs no quotes as a value. */
export const BARE_WORD = /[\p{L}\p{N}\p{M}_\-.:/+][\p{L}\p{N}\p{M}_\-.:/+@]*/uy;

/** A segment of a path, or a key of a map, that needs no quotes. Keywords are of this form as well. */
export const BARE_SEGMENT = /[\p{L}\p{N}\p{M}_-]+/uy;

/** A number as JSON writes it. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What people may take for a number. */
const LIKE_NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** What a bare word stands for, or why it stands for nothing. */
export type WordResult =
  | { readonly ok: true; readonly value: string | number | bigint | boolean | null }
  | { readonly ok: false; readonly expected: string };

/** Reads a bare word: `true`, `false`, `null` and numbers are what they look like, anything else is text. */
export function readWord(word: string): WordResult {
  if (word === "true" || word === "false") return { ok: true, value: word === "true" };
  if (word === "null") return { ok: true, value: null };
  if (!LIKE_NUMBER.test(word)) return { ok: true, value: word };
  if (!JSON_NUMBER.test(word)) {
    return { ok: false, expected: "a number without leading zero, plus or bare point, or text in quotes" };
  }
  const value = INTEGER.test(word) ? readInteger(word) : canonicalNumber(Number(word));
  if (value !== undefined) return { ok: true, value };
  return { ok: false, expected: "an integer within signed 64 bits or a finite float, or text in quotes" };
}

/** Whether a word is text when it stands without quotes, where all of it may. */
export function isBareText(word: string): boolean {
  return matchesWhole(BARE_WORD, word) && !isLiteral(word);
}

/** Whether a word stands for something other than its own text, or for nothing. */
export function isLiteral(word: string): boolean {
  return word === "true" || word === "false" || word === "null" || LIKE_NUMBER.test(word);
}

export function matchesWhole(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text) && pattern.lastIndex === text.length;
}

/**
 * The one form of a number, the server's own: whole ones beyond ±(2^53−1) are `bigint` as far as signed 64 bits go,
 * and −0 is 0. `undefined` for what no query may hold.
 */
export function canonicalNumber(value: number | bigint): number | bigint | undefined {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(value) : value;
  }
  if (value < INT64_MIN || value > INT64_MAX) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** No 64-bit integer has more than 20 characters, so a longer one is not even converted. */
function readInteger(digits: string): number | bigint | undefined {
  return digits.length > 20 ? undefined : canonicalNumber(BigInt(digits));
}
