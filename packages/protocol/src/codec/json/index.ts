import type { Codec } from "../codec.ts";
import { decode, decodeExact } from "./decode.ts";
import { embed, encode, encodeDelivery, encodeDispatch, encodeEvent, encodeFrame, number } from "./encode.ts";
import { readFrame } from "./frame.ts";

/** JSON in text frames: the default encoding. Raw values are slices of the frame's text. */
export const jsonCodec: Codec = {
  encoding: "json",
  binary: false,
  readFrame,
  decode,
  decodeExact,
  encode,
  embed,
  encodeFrame,
  encodeDispatch,
  encodeEvent,
  encodeDelivery,
  number,
};
