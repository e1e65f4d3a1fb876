import type { Writer } from "../writer.ts";
import { INTEGER, LARGE_BIG, NEW_FLOAT, SMALL_BIG, SMALL_INTEGER } from "./tag.ts";

/** Bytes of FLOAT_EXT's text, which a zero byte may end early. */
export const OLD_FLOAT_SIZE = 31;

/** The number in the text of a FLOAT_EXT, NaN where it is none. */
export function parseOldFloat(bytes: Uint8Array, start: number): number {
  let text = "";
  for (let at = start; at < start + OLD_FLOAT_SIZE && bytes[at] !== 0; at += 1) text += String.fromCharCode(bytes[at]!);
  if (!/^ *[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number.NaN;
  const float = Number(text);
  return Number.isFinite(float) ? float : Number.NaN;
}

/** An integer from its digits, the lowest byte first: a number where it is safe, a bigint beyond. */
export function decodeBig(bytes: Uint8Array, start: number, size: number, negative: boolean): number | bigint {
  if (size <= 6) {
    let value = 0;
    for (let i = size - 1; i >= 0; i -= 1) value = value * 0x100 + bytes[start + i]!;
    return negative && value !== 0 ? -value : value;
  }
  let hex = "0x";
  for (let i = size - 1; i >= 0; i -= 1) hex += bytes[start + i]!.toString(16).padStart(2, "0");
  const magnitude = BigInt(hex);
  const value = negative ? -magnitude : magnitude;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A safe integer in its smallest term. */
export function encodeInteger(out: Writer, value: number): void {
  if (value >= 0 && value < 0x100) {
    out.u8(SMALL_INTEGER);
    out.u8(value);
  } else if (value >= -0x8000_0000 && value < 0x8000_0000) {
    out.u8(INTEGER);
    out.u32(value);
  } else {
    const size = integerSize(value) - 3;
    out.u8(SMALL_BIG);
    out.u8(size);
    out.u8(value < 0 ? 1 : 0);
    let rest = Math.abs(value);
    for (let i = 0; i < size; i += 1) {
      out.u8(rest % 0x100);
      rest = Math.floor(rest / 0x100);
    }
  }
}

/** How many bytes `encodeInteger` writes. */
export function integerSize(value: number): number {
  if (value >= 0 && value < 0x100) return 2;
  if (value >= -0x8000_0000 && value < 0x8000_0000) return 5;
  let size = 4;
  for (let rest = Math.abs(value) / 0x1_0000_0000; rest >= 1; rest /= 0x100) size += 1;
  return 3 + size;
}

export function encodeBigint(out: Writer, value: bigint): void {
  const digits = (value < 0n ? -value : value).toString(16);
  const size = Math.ceil(digits.length / 2);
  if (size < 7) {
    encodeInteger(out, Number(value));
    return;
  }
  out.u8(size < 0x100 ? SMALL_BIG : LARGE_BIG);
  if (size < 0x100) out.u8(size);
  else out.u32(size);
  out.u8(value < 0n ? 1 : 0);
  for (let end = digits.length; end > 0; end -= 2) out.u8(Number.parseInt(digits.slice(Math.max(0, end - 2), end), 16));
}

/** A finite float. */
export function encodeFloat(out: Writer, value: number): void {
  out.u8(NEW_FLOAT);
  out.f64(value);
}
