import type { Encoding, WireCodec } from "./codec.ts";
import { etf } from "./etf.ts";
import { json } from "./json.ts";
import { msgpack } from "./msgpack.ts";

export type { Encoding, WireCodec } from "./codec.ts";

export const encodings = ["json", "msgpack", "etf"] as const;

export const codecs: Readonly<Record<Encoding, WireCodec>> = { json, msgpack, etf };
