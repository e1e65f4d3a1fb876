import { isFault, msgpackCodec } from "@singyeong/protocol/codec";
import type { PayloadCodec } from "../codec/payload-codec.ts";
import { SingyeongError } from "../errors.ts";
import { makePortable } from "../value/portable.ts";

/** As for frames. */
const limits = { maxDepth: 1024 };

/** What is read is checked as a frame is, with the value where a frame has `d`. */
const frameHead = [0x81, 0xa1, 0x64];

/** Payloads as MessagePack, whatever the connection's encoding. */
export const msgpackPayloads: PayloadCodec = {
  name: "msgpack",
  encode: (value) => msgpackCodec.encode(makePortable(value) as never) as Uint8Array,
  decode(bytes) {
    const frame = new Uint8Array(frameHead.length + bytes.length);
    frame.set(frameHead);
    frame.set(bytes, frameHead.length);
    if (isFault(msgpackCodec.readFrame(frame, limits))) {
      throw new SingyeongError("client/invalid-value", "a payload that should be MessagePack is none");
    }
    return msgpackCodec.decode(bytes);
  },
};
