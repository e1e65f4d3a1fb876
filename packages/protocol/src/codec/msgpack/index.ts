import { createBinaryCodec } from "../binary-codec.ts";
import { decodeValue } from "./decode.ts";
import { encodeInteger, encodeMapHead, encodeText, encodeValue, integerSize, textSize } from "./encode.ts";
import { readFrame } from "./frame.ts";

/** MessagePack, current specification: maps have text keys, ext values decode to their data. */
export const msgpackCodec = createBinaryCodec({
  encoding: "msgpack",
  readFrame,
  decodeValue,
  encodeValue,
  encodeInteger,
  integerSize,
  encodeText,
  textSize,
  encodeName: encodeText,
  magic: [],
  encodeMapHead,
  nil: [0xc0],
  integerFour: [4],
});
