import { type Value, Whole } from "../../value.ts";
import { utf8Length } from "../text.ts";
import type { Writer } from "../writer.ts";

const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/** Writes a value in its smallest form. Floats are always 64 bits wide. @throws TypeError for what is no `Value` */
export function encodeValue(out: Writer, value: Value): void {
  switch (typeof value) {
    case "string":
      encodeText(out, value);
      break;
    case "number":
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) encodeInteger(out, value);
      else encodeFloat(out, value);
      break;
    case "boolean":
      out.u8(value ? 0xc3 : 0xc2);
      break;
    case "bigint":
      encodeBigint(out, value);
      break;
    case "object":
      if (value === null) out.u8(0xc0);
      else if (Array.isArray(value)) encodeList(out, value);
      else if (value instanceof Uint8Array) encodeBin(out, value);
      else if (value instanceof Whole) encodeFloat(out, value.float);
      else encodeMap(out, value as { readonly [key: string]: Value });
      break;
    default:
      throw new TypeError(`expected a value that msgpack can hold, got ${typeof value}`);
  }
}

export function encodeText(out: Writer, text: string): void {
  const size = utf8Length(text);
  if (size < 32) out.u8(0xa0 | size);
  else encodeLength(out, size, 0xd9);
  out.text(text, size);
}

/** How many bytes `encodeText` writes. */
export function textSize(text: string): number {
  const size = utf8Length(text);
  return size + (size < 32 ? 1 : size < 0x100 ? 2 : size < 0x1_0000 ? 3 : 5);
}

/** A safe integer. */
export function encodeInteger(out: Writer, value: number): void {
  if (value >= -0x20 && value < 0x80) {
    out.u8(value & 0xff);
  } else if (value >= 0) {
    if (value < 0x1_0000_0000) encodeLength(out, value, 0xcc);
    else encode64(out, 0xcf, value);
  } else if (value >= -0x80) {
    out.u8(0xd0);
    out.u8(value & 0xff);
  } else if (value >= -0x8000) {
    out.u8(0xd1);
    out.u16(value & 0xffff);
  } else if (value >= -0x8000_0000) {
    out.u8(0xd2);
    out.u32(value);
  } else {
    encode64(out, 0xd3, value);
  }
}

/** A safe integer as 64 bits in two's complement. */
function encode64(out: Writer, head: number, value: number): void {
  out.u8(head);
  out.u32(Math.floor(value / 0x1_0000_0000));
  out.u32(value >>> 0);
}

/** How many bytes `encodeInteger` writes. */
export function integerSize(value: number): number {
  if (value >= -0x20 && value < 0x80) return 1;
  if (value >= -0x80 && value < 0x100) return 2;
  if (value >= -0x8000 && value < 0x1_0000) return 3;
  return value >= -0x8000_0000 && value < 0x1_0000_0000 ? 5 : 9;
}

/** A head out of three for 8, 16 and 32 bits, and the number. */
function encodeLength(out: Writer, length: number, head: number): void {
  if (length < 0x100) {
    out.u8(head);
    out.u8(length);
  } else if (length < 0x1_0000) {
    out.u8(head + 1);
    out.u16(length);
  } else {
    out.u8(head + 2);
    out.u32(length);
  }
}

function encodeFloat(out: Writer, value: number): void {
  out.u8(0xcb);
  out.f64(value);
}

/** Beyond 64 bits msgpack has no integers: decimal text keeps every digit. */
function encodeBigint(out: Writer, value: bigint): void {
  if (value < MIN_INT64 || value > MAX_UINT64) {
    encodeText(out, value.toString());
  } else if (BigInt.asIntN(54, value) === value) {
    encodeInteger(out, Number(value));
  } else {
    out.u8(value < 0n ? 0xd3 : 0xcf);
    out.u32(Number(BigInt.asUintN(32, value >> 32n)));
    out.u32(Number(BigInt.asUintN(32, value)));
  }
}

function encodeBin(out: Writer, bytes: Uint8Array): void {
  encodeLength(out, bytes.length, 0xc4);
  out.put(bytes);
}

function encodeList(out: Writer, list: readonly Value[]): void {
  encodeCount(out, list.length, 0x90, 0xdc);
  for (let i = 0; i < list.length; i += 1) encodeValue(out, list[i]!);
}

function encodeMap(out: Writer, map: { readonly [key: string]: Value }): void {
  const keys = Object.keys(map);
  encodeMapHead(out, keys.length);
  for (const key of keys) {
    encodeText(out, key);
    encodeValue(out, map[key]!);
  }
}

export function encodeMapHead(out: Writer, entries: number): void {
  encodeCount(out, entries, 0x80, 0xde);
}

function encodeCount(out: Writer, count: number, short: number, long: number): void {
  if (count < 16) {
    out.u8(short | count);
  } else if (count < 0x1_0000) {
    out.u8(long);
    out.u16(count);
  } else {
    out.u8(long + 1);
    out.u32(count);
  }
}
