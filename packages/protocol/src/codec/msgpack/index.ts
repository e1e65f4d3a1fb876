import type { Value } from "../../value.ts";
import { expectBytes } from "../bytes.ts";
import type { Codec, DeliveryParts, Raw } from "../codec.ts";
import { Writer } from "../writer.ts";
import { decodeValue } from "./decode.ts";
import { encodeInteger, encodeText, encodeValue, integerSize, textSize } from "./encode.ts";
import { readFrame } from "./frame.ts";

const writer = new Writer(1024);

/** Numbers as bytes and texts as msgpack text: the constant parts of frames. */
function bytesOf(...parts: (number | string)[]): Uint8Array {
  for (const part of parts) typeof part === "number" ? writer.u8(part) : encodeText(writer, part);
  return writer.takeCopy();
}

const FRAME_D = bytesOf(0x84, "d");
const DELIVERY_NONCE = bytesOf(0x84, "d", 0x83, "nonce");
const DELIVERY_NONCE_BESIDE_HEADERS = bytesOf(0x84, "d", 0x84, "nonce");
const PAYLOAD = bytesOf("payload");
const TARGET = bytesOf("target", 0xc0);
const HEADERS = bytesOf("headers");
const OP = bytesOf("op");
const OP_DISPATCH_T = bytesOf("op", 4, "t");
const T = bytesOf("t");
const TS = bytesOf("ts");
const NIL = bytesOf(0xc0);

function encode(value: Value): Uint8Array {
  writer.restart();
  encodeValue(writer, value);
  return writer.takeCopy();
}

function encodeFrame(op: number, d: Value, ts: number, t: string | null): Uint8Array {
  writer.restart();
  writer.put(FRAME_D);
  encodeValue(writer, d);
  writer.put(OP);
  encodeInteger(writer, op);
  writer.put(T);
  encodeValue(writer, t);
  writer.put(TS);
  encodeInteger(writer, ts);
  return writer.takeCopy();
}

function encodeDelivery(t: string, parts: DeliveryParts, ts: number): Uint8Array {
  const nonce = parts.nonce === undefined ? NIL : expectBytes(parts.nonce);
  const payload = expectBytes(parts.payload);
  const headers = parts.headers === undefined ? undefined : expectBytes(parts.headers);
  const start = headers === undefined ? DELIVERY_NONCE : DELIVERY_NONCE_BESIDE_HEADERS;
  const extra = headers === undefined ? 0 : HEADERS.length + headers.length;
  const fixed = start.length + PAYLOAD.length + TARGET.length + OP_DISPATCH_T.length + TS.length;
  const out = new Writer(fixed + nonce.length + payload.length + extra + textSize(t) + integerSize(ts));
  out.put(start);
  out.put(nonce);
  out.put(PAYLOAD);
  out.put(payload);
  out.put(TARGET);
  if (headers !== undefined) {
    out.put(HEADERS);
    out.put(headers);
  }
  out.put(OP_DISPATCH_T);
  encodeText(out, t);
  out.put(TS);
  encodeInteger(out, ts);
  return out.takeWhole();
}

function decode(raw: Raw): Value {
  return decodeValue({ bytes: expectBytes(raw), at: 0, exact: false });
}

function decodeExact(raw: Raw): Value {
  return decodeValue({ bytes: expectBytes(raw), at: 0, exact: true });
}

/** MessagePack, current specification: maps have text keys, ext values decode to their data. */
export const msgpackCodec: Codec = {
  encoding: "msgpack",
  binary: true,
  readFrame,
  decode,
  decodeExact,
  encode,
  encodeFrame,
  encodeDelivery,
};
