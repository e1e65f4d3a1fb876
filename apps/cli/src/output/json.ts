import { type Failure, misuse } from "../failure.ts";
import { escapeJson } from "./escape.ts";

/** What node's `JSON` has beside the types that TypeScript knows: the source of numbers, both ways. */
const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/**
 * What text has where a number in it may be larger than a float can tell. Without it, JSON is read six times as fast.
 */
const mayLoseDigits = /\d{16}|\d[eE]/;

/** Reading digits takes time that grows with their square: an integer of more characters is refused. */
const maxDigits = 1024;

/**
 * Reads JSON without losing a digit: whole numbers beyond ±(2^53 − 1) are bigints.
 * @throws SyntaxError where it is no JSON; `misuse` for a number that no float can hold, but for integers of up to 1024
 * characters
 */
export function parseJson(text: string): unknown {
  if (!mayLoseDigits.test(text)) return JSON.parse(text);
  return exact.parse(text, (_key, value, { source }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
    if (/^-?\d+$/.test(source)) return readInteger(source);
    if (!Number.isFinite(value)) throw tooLarge(source);
    return value;
  });
}

/** Reads the digits of an integer: a bigint beyond ±(2^53 − 1). @throws `misuse` for one of more than 1024 characters */
export function readInteger(text: string): number | bigint {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  if (text.length > maxDigits) throw tooLarge(text);
  return BigInt(text);
}

function tooLarge(source: string): Failure {
  const shown = source.length <= 40 ? source : `${source.slice(0, 20)}… (${source.length} characters)`;
  return misuse(`${shown} is too large a number; send it as a string`);
}

/** Writes JSON; bigints as numbers, bytes as `{"$base64": …}`, and nothing that a terminal would obey. */
export function formatJson(value: unknown, indent = 0): string {
  return escapeJson(JSON.stringify(value, plain, indent) ?? "null");
}

/** `this` holds the value as it was before its `toJSON`, which buffers have. */
function plain(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return exact.rawJSON(String(value));
  if (typeof value !== "object" || value === null) return value;
  const bytes = this[key];
  return bytes instanceof Uint8Array ? { $base64: Buffer.from(bytes).toString("base64") } : value;
}
