import { isFault, msgpackCodec as wire } from "@singyeong/protocol/codec";
import { makePortable } from "../value/portable.ts";
import type { Frame, WireCodec } from "./wire-codec.ts";

/** Servers bound the nesting of what is sent to them, and wrap what they deliver; this only keeps decoding from going without end. */
const readLimits = { maxDepth: 1024 };

/** Frames as MessagePack, bytes as bytes. */
export const msgpackCodec: WireCodec = {
  encoding: "msgpack",
  encode: (frame) => wire.encode(makePortable(frame) as never) as Uint8Array<ArrayBuffer>,
  decode(data) {
    if (typeof data === "string" || isFault(wire.readFrame(data, readLimits))) return null;
    return wire.decode(data) as Frame;
  },
};
