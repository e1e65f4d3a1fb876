import { jsonCodec } from "./json-codec.ts";
import type { WireCodec } from "./wire-codec.ts";

/** Loads a codec. MessagePack is a file of its own, for most never need it. */
export async function loadCodec(encoding: WireCodec["encoding"]): Promise<WireCodec> {
  return encoding === "json" ? jsonCodec : (await import("./msgpack-codec.ts")).msgpackCodec;
}
