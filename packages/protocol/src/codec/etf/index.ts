import { createBinaryCodec } from "../binary-codec.ts";
import { decodeValue } from "./decode.ts";
import { encodeAtom, encodeMapHead, encodeText, encodeValue, textSize } from "./encode.ts";
import { readFrame } from "./frame.ts";
import { encodeInteger, integerSize } from "./number.ts";
import * as tags from "./tag.ts";

/**
 * Erlang's external term format. Atoms and binaries are text, tuples lists; the fields of a frame's `d` come with
 * binary keys all the way down, whatever keys the sender used. Frames go out with atoms as their keys.
 */
export const etfCodec = createBinaryCodec({
  encoding: "etf",
  readFrame,
  decodeValue,
  encodeValue,
  encodeInteger,
  integerSize,
  encodeText,
  textSize,
  encodeName: encodeAtom,
  magic: [tags.VERSION],
  encodeMapHead,
  nil: [tags.ATOM, 0, 3, 0x6e, 0x69, 0x6c],
  integerFour: [tags.SMALL_INTEGER, 4],
});
