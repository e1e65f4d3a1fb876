import { readF64, readU16, readU32 } from "../bytes.ts";
import type { Scan } from "../scan-state.ts";
import { isUtf8, sliceText } from "../text.ts";
import { atomStart, isAtomTag, scanAtom } from "./atom.ts";
import { OLD_FLOAT_SIZE, parseOldFloat } from "./number.ts";
import * as tags from "./tag.ts";

/** Digits of a big integer, in bytes: printing more would cost quadratic time. */
const MAX_BIG_BYTES = 1024;

const IN_TUPLE = 0;
const IN_MAP = 1;
/** A list's elements are followed by its tail. */
const IN_LIST = 2;

/**
 * Walks one term without building it. Lengths are checked against the bytes that are there before they are used;
 * nesting is a loop over `scan.stack`, so no input exhausts the stack.
 * @param depth how many maps and lists are around the term
 */
export function scanValue(scan: Scan, bytes: Uint8Array, start: number, depth: number): number {
  const { stack, maxDepth } = scan;
  let at = start;
  let top = 0;
  let left = 1;
  let inside = IN_TUPLE;
  let level = depth;
  for (;;) {
    if (inside === IN_MAP) {
      at = scanKey(scan, bytes, at);
      if (at < 0) return -1;
      scan.openKeys.push(scan.keyStart, scan.keyEnd);
    }
    if (at >= bytes.length) return scan.cutShort(bytes);
    const tag = bytes[at]!;
    if (isContainerTag(tag)) {
      if (level >= maxDepth) return scan.tooDeep(at);
      at = openContainer(scan, bytes, at);
      if (at < 0) return -1;
      if (scan.count > 0) {
        stack[top] = left;
        stack[top + 1] = inside;
        stack[top + 2] = scan.openKeys.length;
        top += 3;
        level += 1;
        left = scan.count;
        inside = tag === tags.MAP ? IN_MAP : tag === tags.LIST ? IN_LIST : IN_TUPLE;
        continue;
      }
      if (tag === tags.LIST) at = scanTail(scan, bytes, at);
    } else {
      at = scanScalar(scan, bytes, at);
    }
    if (at < 0) return -1;
    left -= 1;
    while (left === 0) {
      if (inside === IN_LIST) at = scanTail(scan, bytes, at);
      if (top === 0 || at < 0) return at;
      top -= 3;
      level -= 1;
      if (inside === IN_MAP) closeKeys(scan, bytes, stack[top + 2]!);
      left = stack[top]! - 1;
      inside = stack[top + 1]!;
    }
  }
}

/** Forgets the keys of a map that ends, and counts those it repeats. `from` is where its keys begin in `openKeys`. */
function closeKeys(scan: Scan, bytes: Uint8Array, from: number): void {
  const { openKeys } = scan;
  const count = (openKeys.length - from) / 2;
  if (count > 8) {
    const names = new Set<string>();
    for (let i = from; i < openKeys.length; i += 2) names.add(sliceText(bytes, openKeys[i]!, openKeys[i + 1]!));
    scan.oddKeys += count - names.size;
  } else {
    for (let i = from; i < openKeys.length; i += 2) if (isRepeated(openKeys, bytes, i)) scan.oddKeys += 1;
  }
  openKeys.length = from;
}

/** Whether a key of the map that ends stands again behind it. */
function isRepeated(openKeys: readonly number[], bytes: Uint8Array, key: number): boolean {
  const start = openKeys[key]!;
  const length = openKeys[key + 1]! - start;
  for (let other = key + 2; other < openKeys.length; other += 2) {
    if (openKeys[other + 1]! - openKeys[other]! === length && equalBytes(bytes, start, openKeys[other]!, length))
      return true;
  }
  return false;
}

function equalBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i += 1) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** Maps, tuples, and lists in their three forms: what counts as a level. */
function isContainerTag(tag: number): boolean {
  return tag === tags.MAP || (tag >= tags.SMALL_TUPLE && tag <= tags.LIST);
}

/**
 * Reads the head of a container into `scan.count`; no more entries than could fit in the bytes that are left.
 * A list of bytes (STRING_EXT) is read whole and counts none.
 */
export function openContainer(scan: Scan, bytes: Uint8Array, at: number): number {
  const tag = bytes[at]!;
  scan.count = 0;
  if (tag === tags.NIL) return at + 1;
  const width = tag === tags.SMALL_TUPLE ? 1 : tag === tags.STRING ? 2 : 4;
  const next = at + 1 + width;
  if (next > bytes.length) return scan.cutShort(bytes);
  const count = width === 1 ? bytes[at + 1]! : width === 2 ? readU16(bytes, at + 1) : readU32(bytes, at + 1);
  if (count * (tag === tags.MAP ? 2 : 1) > bytes.length - next) return scan.cutShort(bytes);
  if (tag === tags.STRING) return next + count;
  scan.count = count;
  return next;
}

function scanTail(scan: Scan, bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return scan.cutShort(bytes);
  return bytes[at] === tags.NIL ? at + 1 : scan.fail("malformed", "an improper list: its tail is no empty list", at);
}

/** Reads a map's key, an atom or a binary of UTF-8, into `scan.keyStart` and `scan.keyEnd`. */
export function scanKey(scan: Scan, bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return scan.cutShort(bytes);
  const tag = bytes[at]!;
  let end: number;
  if (tag === tags.BINARY) {
    end = scanScalar(scan, bytes, at);
    scan.keyStart = at + 5;
    if (end >= 0 && !isUtf8(bytes, at + 5, end)) return scan.fail("malformed", "a map's key is no UTF-8", at + 5);
  } else if (isAtomTag(tag)) {
    end = scanAtom(scan, bytes, at);
    scan.keyStart = atomStart(bytes, at);
    scan.oddKeys += 1;
  } else {
    const name = tags.unsupportedName(tag);
    if (name !== undefined) return scan.fail("unsupported-term", `a map's key is ${name}`, at);
    return scan.fail("malformed", "a map's key is no atom and no binary", at);
  }
  scan.keyEnd = end;
  return end;
}

function scanScalar(scan: Scan, bytes: Uint8Array, at: number): number {
  let next = at;
  switch (bytes[at]!) {
    case tags.BINARY:
      if (bytes.length - at < 5) return scan.cutShort(bytes);
      next = at + 5 + readU32(bytes, at + 1);
      break;
    case tags.SMALL_INTEGER:
      next = at + 2;
      break;
    case tags.INTEGER:
      next = at + 5;
      break;
    case tags.ATOM:
    case tags.SMALL_ATOM:
    case tags.ATOM_UTF8:
    case tags.SMALL_ATOM_UTF8:
      return scanAtom(scan, bytes, at);
    case tags.NEW_FLOAT:
    case tags.FLOAT:
      return scanFloat(scan, bytes, at);
    case tags.SMALL_BIG:
    case tags.LARGE_BIG:
      return scanBig(scan, bytes, at);
    default:
      return unknownTag(scan, bytes, at);
  }
  return next > bytes.length ? scan.cutShort(bytes) : next;
}

/** Erlang has no NaN and no infinity: such a float would break whoever receives it. */
function scanFloat(scan: Scan, bytes: Uint8Array, at: number): number {
  const isOld = bytes[at] === tags.FLOAT;
  const next = at + 1 + (isOld ? OLD_FLOAT_SIZE : 8);
  if (next > bytes.length) return scan.cutShort(bytes);
  const float = isOld ? parseOldFloat(bytes, at + 1) : readF64(bytes, at + 1);
  return Number.isFinite(float) ? next : scan.fail("malformed", "a float is no finite number", at);
}

function scanBig(scan: Scan, bytes: Uint8Array, at: number): number {
  const head = bytes[at] === tags.SMALL_BIG ? 3 : 6;
  if (bytes.length - at < head) return scan.cutShort(bytes);
  const size = head === 3 ? bytes[at + 1]! : readU32(bytes, at + 1);
  if (size > MAX_BIG_BYTES) {
    return scan.fail("unsupported-term", `an integer has ${size} bytes, more than ${MAX_BIG_BYTES}`, at);
  }
  if (bytes[at + head - 1]! > 1) return scan.fail("malformed", "an integer's sign is neither 0 nor 1", at + head - 1);
  const next = at + head + size;
  return next > bytes.length ? scan.cutShort(bytes) : next;
}

function unknownTag(scan: Scan, bytes: Uint8Array, at: number): number {
  const tag = bytes[at]!;
  const name = tags.unsupportedName(tag);
  if (name !== undefined) return scan.fail("unsupported-term", `${name} (${tag}) is no value`, at);
  return scan.fail("malformed", `${tag} starts no term`, at);
}
