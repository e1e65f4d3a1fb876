import { readU16, readU32 } from "../bytes.ts";
import type { Scan } from "../scan-state.ts";
import { isUtf8 } from "../text.ts";

/**
 * Walks one value without building it. Lengths are checked against the bytes that are there before they are used;
 * nesting is a loop over `scan.stack`, so no input exhausts the stack.
 * @param depth how many maps and lists are around the value
 */
export function scanValue(scan: Scan, bytes: Uint8Array, start: number, depth: number): number {
  const { stack, maxDepth } = scan;
  const end = bytes.length;
  let at = start;
  let top = 0;
  let left = 1;
  let inMap = 0;
  let level = depth;
  for (;;) {
    if (inMap === 1) {
      at = scanKey(scan, bytes, at);
      if (at < 0) return -1;
    }
    if (at >= end) return scan.cutShort(bytes);
    const head = bytes[at]!;
    if (head < 0x80 || head >= 0xe0) {
      at += 1;
    } else if (head >= 0xa0 && head < 0xc0) {
      at += 1 + (head & 0x1f);
      if (at > end) return scan.cutShort(bytes);
    } else if (head < 0xa0 || head >= 0xdc) {
      if (level >= maxDepth) return scan.tooDeep(at);
      at = openContainer(scan, bytes, at);
      if (at < 0) return -1;
      if (scan.count > 0) {
        stack[top] = left;
        stack[top + 1] = inMap;
        top += 2;
        level += 1;
        left = scan.count;
        inMap = head < 0x90 || head >= 0xde ? 1 : 0;
        continue;
      }
    } else {
      at = scanScalar(scan, bytes, at);
      if (at < 0) return -1;
    }
    left -= 1;
    while (left === 0) {
      if (top === 0) return at;
      top -= 2;
      level -= 1;
      left = stack[top]! - 1;
      inMap = stack[top + 1]!;
    }
  }
}

/** True where a map starts with this byte. */
export function isMapHead(head: number): boolean {
  return (head & 0xf0) === 0x80 || head === 0xde || head === 0xdf;
}

/** Reads the head of a map or list into `scan.count`; no more entries than could fit in the bytes that are left. */
export function openContainer(scan: Scan, bytes: Uint8Array, at: number): number {
  const head = bytes[at]!;
  let next = at + 1;
  let count = head & 0x0f;
  if (head >= 0xdc) {
    next += (head & 1) === 0 ? 2 : 4;
    if (next > bytes.length) return scan.cutShort(bytes);
    count = (head & 1) === 0 ? readU16(bytes, at + 1) : readU32(bytes, at + 1);
  }
  if (count * (isMapHead(head) ? 2 : 1) > bytes.length - next) return scan.cutShort(bytes);
  scan.count = count;
  return next;
}

/** Reads a map's key, which must be text, into `scan.keyStart` and `scan.keyEnd`. */
export function scanKey(scan: Scan, bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return scan.cutShort(bytes);
  const head = bytes[at]!;
  let start = at + 1;
  let length = head & 0x1f;
  if (head < 0xa0 || head >= 0xc0) {
    if (head < 0xd9 || head > 0xdb) return scan.fail("malformed", "a map's key is no text", at);
    start = lengthEnd(at, head - 0xd9);
    if (start > bytes.length) return scan.cutShort(bytes);
    length = readLength(bytes, at, head - 0xd9);
  }
  const end = start + length;
  if (end > bytes.length) return scan.cutShort(bytes);
  if (!isUtf8(bytes, start, end)) return scan.fail("malformed", "a map's key is no UTF-8", start);
  scan.keyStart = start;
  scan.keyEnd = end;
  return end;
}

/** Behind a length of 1, 2 or 4 bytes (`width` 0, 1, 2) that follows the head at `at`. */
export function lengthEnd(at: number, width: number): number {
  return at + 1 + (1 << width);
}

export function readLength(bytes: Uint8Array, at: number, width: number): number {
  return width === 0 ? bytes[at + 1]! : width === 1 ? readU16(bytes, at + 1) : readU32(bytes, at + 1);
}

/** Bytes that follow each head from 0xc0 to 0xdb; −1: never used; −10: a length of 1, 2, 4 bytes comes first. */
const FOLLOWING = [
  0, -1, 0, 0, -10, -10, -10, -10, -10, -10, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17, -10, -10, -10,
];

function scanScalar(scan: Scan, bytes: Uint8Array, at: number): number {
  const head = bytes[at]!;
  const following = FOLLOWING[head - 0xc0]!;
  let next = at + 1 + following;
  if (following < 0) {
    if (following === -1) return scan.fail("malformed", "0xc1 starts no msgpack value", at);
    const isExt = head >= 0xc7 && head <= 0xc9;
    const width = head - (head >= 0xd9 ? 0xd9 : isExt ? 0xc7 : 0xc4);
    next = lengthEnd(at, width);
    if (next > bytes.length) return scan.cutShort(bytes);
    next += readLength(bytes, at, width) + (isExt ? 1 : 0);
  }
  return next > bytes.length ? scan.cutShort(bytes) : next;
}
