import { defaultLimits } from "@singyeong/protocol";
import { isFault, msgpackCodec as wire } from "@singyeong/protocol/codec";
import { makePortable } from "../value/portable.ts";
import type { Frame, WireCodec } from "./wire-codec.ts";

/** Frames as MessagePack, bytes as bytes. */
export const msgpackCodec: WireCodec = {
  encoding: "msgpack",
  encode: (frame) => wire.encode(makePortable(frame) as never) as Uint8Array<ArrayBuffer>,
  decode(data) {
    if (typeof data === "string" || isFault(wire.readFrame(data, defaultLimits))) return null;
    return wire.decode(data) as Frame;
  },
};
