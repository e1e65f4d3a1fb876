import { type Value, Whole } from "../../value.ts";
import { type Cursor, copyBytes, readF64, readU16, readU32 } from "../bytes.ts";
import { decodeText } from "../text.ts";
import { isMapHead, lengthEnd, readLength } from "./scan.ts";

const scratch = new DataView(new ArrayBuffer(4));

/** Decodes the value at the cursor, which a scan has checked, and leaves the cursor behind it. */
export function decodeValue(cursor: Cursor): Value {
  const { bytes, at } = cursor;
  const head = bytes[at]!;
  cursor.at = at + 1;
  if (head < 0x80) return head;
  if (head >= 0xe0) return head - 0x100;
  if (head >= 0xa0 && head < 0xc0) return decodeStr(cursor, at + 1, head & 0x1f);
  if (head < 0xa0 || head >= 0xdc) {
    const count = openChecked(cursor, head);
    return isMapHead(head) ? decodeMap(cursor, count) : decodeList(cursor, count);
  }
  if (head >= 0xca && head <= 0xd3) return decodeNumber(cursor, head);
  if (head === 0xc0) return null;
  if (head <= 0xc3) return head === 0xc3;
  if (head >= 0xd9) return decodeStr(cursor, lengthEnd(at, head - 0xd9), readLength(bytes, at, head - 0xd9));
  if (head >= 0xd4) return decodeBin(cursor, at + 2, 1 << (head - 0xd4));
  if (head >= 0xc7) return decodeBin(cursor, lengthEnd(at, head - 0xc7) + 1, readLength(bytes, at, head - 0xc7));
  return decodeBin(cursor, lengthEnd(at, head - 0xc4), readLength(bytes, at, head - 0xc4));
}

/** The key of a map at the cursor, which a scan has found to be UTF-8. */
export function decodeKey(cursor: Cursor): string {
  const { bytes, at } = cursor;
  const head = bytes[at]!;
  const short = head < 0xc0;
  const start = short ? at + 1 : lengthEnd(at, head - 0xd9);
  cursor.at = start + (short ? head & 0x1f : readLength(bytes, at, head - 0xd9));
  return decodeText(bytes, start, cursor.at) ?? "";
}

function openChecked(cursor: Cursor, head: number): number {
  const { bytes, at } = cursor;
  if (head < 0xa0) return head & 0x0f;
  const isShort = (head & 1) === 0;
  cursor.at = at + (isShort ? 2 : 4);
  return isShort ? readU16(bytes, at) : readU32(bytes, at);
}

function decodeList(cursor: Cursor, count: number): Value[] {
  const list: Value[] = [];
  for (let i = 0; i < count; i += 1) list.push(decodeValue(cursor));
  return list;
}

function decodeMap(cursor: Cursor, count: number): Value {
  const map: { [key: string]: Value } = Object.create(null);
  for (let i = 0; i < count; i += 1) {
    const key = decodeKey(cursor);
    map[key] = decodeValue(cursor);
  }
  return map;
}

/** Text; a str that is no UTF-8 (older encoders put binary there) is binary. */
function decodeStr(cursor: Cursor, start: number, length: number): Value {
  cursor.at = start + length;
  return decodeText(cursor.bytes, start, cursor.at) ?? copyBytes(cursor.bytes, start, cursor.at);
}

function decodeBin(cursor: Cursor, start: number, length: number): Uint8Array {
  cursor.at = start + length;
  return copyBytes(cursor.bytes, start, cursor.at);
}

function decodeNumber(cursor: Cursor, head: number): Value {
  const { bytes, at } = cursor;
  // Floats take 4 or 8 bytes, integers 1, 2, 4 or 8: from 0xcc unsigned, from 0xd0 signed.
  cursor.at = at + (head < 0xcc ? 4 << (head - 0xca) : 1 << (head & 3));
  switch (head) {
    case 0xca:
      return float(cursor, readF32(bytes, at));
    case 0xcb:
      return float(cursor, readF64(bytes, at));
    case 0xcc:
      return bytes[at]!;
    case 0xcd:
      return readU16(bytes, at);
    case 0xce:
      return readU32(bytes, at);
    case 0xd0:
      return (bytes[at]! << 24) >> 24;
    case 0xd1:
      return (readU16(bytes, at) << 16) >> 16;
    case 0xd2:
      return readU32(bytes, at) | 0;
    default:
      return decode64(bytes, at, head === 0xd3);
  }
}

function readF32(bytes: Uint8Array, at: number): number {
  scratch.setUint32(0, readU32(bytes, at));
  return scratch.getFloat32(0);
}

function float(cursor: Cursor, value: number): Value {
  return cursor.exact && Number.isInteger(value) ? new Whole(value) : value;
}

function decode64(bytes: Uint8Array, at: number, signed: boolean): number | bigint {
  const high = signed ? readU32(bytes, at) | 0 : readU32(bytes, at);
  const low = readU32(bytes, at + 4);
  const value = high * 0x1_0000_0000 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}
