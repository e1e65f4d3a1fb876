import { misuse } from "../failure.ts";
import { escapeJson } from "./escape.ts";

/** What node's `JSON` has beside the types that TypeScript knows: the source of numbers, both ways. */
const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/**
 * Reads JSON without losing a digit: whole numbers beyond ±(2^53 − 1) are bigints.
 * @throws SyntaxError where it is no JSON; `misuse` for a number that no float can hold
 */
export function parseJson(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) => {
    if (typeof value !== "number") return value;
    if (!Number.isFinite(value)) throw misuse(`${source} is too large a number; send it as a string`);
    return Number.isSafeInteger(value) || !/^-?\d+$/.test(source ?? "") ? value : BigInt(source!);
  });
}

/** Writes JSON; bigints as numbers, bytes as `{"$base64": …}`, and nothing that a terminal would obey. */
export function formatJson(value: unknown, indent = 0): string {
  return escapeJson(JSON.stringify(value, plain, indent) ?? "null");
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return exact.rawJSON(String(value));
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString("base64") };
  return value;
}
