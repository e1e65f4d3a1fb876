import type { WireCodec } from "./codec.ts";

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** `JSON` of the runtime, its digits kept. */
export const json: WireCodec = {
  encoding: "json",
  isBinary: false,
  encode: (value) => JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? rawJSON(`${inner}`) : inner)),
  decode: (data) =>
    parse(data.toString("utf8"), (_key, value, { source }) => {
      const isLong = typeof value === "number" && !Number.isSafeInteger(value);
      return isLong && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
    }),
};
