import { decode, encode } from "@msgpack/msgpack";
import type { WireCodec } from "./codec.ts";

/** `@msgpack/msgpack`. */
export const msgpack: WireCodec = {
  encoding: "msgpack",
  isBinary: true,
  encode: (value) => Buffer.from(encode(value, { useBigInt64: true, ignoreUndefined: true })),
  decode: (data) => shorten(decode(data, { useBigInt64: true })),
};

/** The library reads every eight-byte integer as a `bigint`: those that fit are numbers again; and bytes as `Buffer`. */
function shorten(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(shorten);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
}
