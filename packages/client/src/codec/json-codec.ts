import { formatJson, parseJson } from "./json.ts";
import type { Frame, WireCodec } from "./wire-codec.ts";

/** Frames as JSON text. Bytes go out as `{"$base64": …}`, and come as the map that they then are. */
export const jsonCodec: WireCodec = {
  encoding: "json",
  encode: formatJson,
  decode(data) {
    if (typeof data !== "string") return null;
    try {
      const value = parseJson(data);
      return typeof value === "object" && !Array.isArray(value) ? (value as Frame) : null;
    } catch {
      return null;
    }
  },
};
