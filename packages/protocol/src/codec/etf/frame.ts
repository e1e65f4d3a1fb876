import { ByteFrame } from "../byte-frame.ts";
import type { Frame, FrameFault, FrameLimits } from "../codec.ts";
import { Scan } from "../scan-state.ts";
import { isAsciiText } from "../text.ts";
import { Writer } from "../writer.ts";
import { isAtomTag } from "./atom.ts";
import { decodeKey, decodeValue } from "./decode.ts";
import { encodeValue } from "./encode.ts";
import { openContainer, scanKey, scanValue } from "./scan.ts";
import * as tags from "./tag.ts";

const D = 0x64;
const O = 0x6f;
const P = 0x70;
const T = 0x74;

const scan = new Scan();
const frame = new ByteFrame({ key: (bytes, at) => decodeKey({ bytes, at, exact: false }), rewritten: withPlainKeys });

/** See {@link Codec.readFrame}: a version byte and a map whose keys are atoms or binaries, checked to its last byte. */
export function readFrame(bytes: Uint8Array, limits: FrameLimits): Frame | FrameFault {
  scan.begin(limits);
  frame.begin(bytes);
  return scanFrame(bytes) < 0 ? scan.fault! : frame;
}

function scanFrame(bytes: Uint8Array): number {
  if (bytes.length === 0) return scan.fail("malformed", "the frame is empty", 0);
  if (bytes[0] !== tags.VERSION) return scan.fail("malformed", `expected the version byte ${tags.VERSION}`, 0);
  if (bytes.length === 1) return scan.cutShort(bytes);
  if (bytes[1] === tags.COMPRESSED) return scan.fail("unsupported-term", "compressed terms are not read", 1);
  if (bytes[1] !== tags.MAP) return scan.fail("not-a-map", "expected a map", 1);
  if (scan.maxDepth < 1) return scan.tooDeep(1);
  let at = openContainer(scan, bytes, 1);
  const count = scan.count;
  for (let i = 0; i < count && at >= 0; i += 1) at = scanEntry(bytes, at);
  if (at >= 0 && at < bytes.length) return scan.fail("malformed", "bytes follow the frame", at);
  return at;
}

function scanEntry(bytes: Uint8Array, keyAt: number): number {
  const start = scanKey(scan, bytes, keyAt);
  if (start < 0) return -1;
  const length = scan.keyEnd - scan.keyStart;
  const first = length === 1 || length === 2 ? bytes[scan.keyStart]! : 0;
  if (length === 1 && first === D) return scanD(bytes, start);
  if (length === 5 && isAsciiText(bytes, scan.keyStart, "nonce")) return scanNonce(bytes, start);
  const isOp = length === 2 && first === O && bytes[scan.keyStart + 1] === P;
  const end = scanValue(scan, bytes, start, 1);
  if (end < 0) return -1;
  if (isOp) frame.op = readOp(bytes, start);
  else if (length === 1 && first === T) readName(bytes, start, end);
  return end;
}

/** Scans `d`, noting where its fields are. */
function scanD(bytes: Uint8Array, start: number): number {
  const isMap = bytes[start] === tags.MAP;
  frame.setD(start, isMap);
  const at = isMap ? scanFields(bytes, start) : scanValue(scan, bytes, start, 1);
  if (at >= 0) frame.closeD(at);
  return at;
}

function scanNonce(bytes: Uint8Array, start: number): number {
  const end = scanValue(scan, bytes, start, 1);
  if (end >= 0) frame.setNonce(start, end);
  return end;
}

function scanFields(bytes: Uint8Array, start: number): number {
  if (scan.maxDepth < 2) return scan.tooDeep(start);
  let at = openContainer(scan, bytes, start);
  const count = scan.count;
  for (let i = 0; i < count && at >= 0; i += 1) {
    const keyAt = at;
    const valueAt = scanKey(scan, bytes, keyAt);
    if (valueAt < 0) return -1;
    const { keyStart, keyEnd, oddKeys } = scan;
    at = scanValue(scan, bytes, valueAt, 2);
    if (at >= 0) frame.addField(keyAt, keyStart, keyEnd, valueAt, at, scan.oddKeys > oddKeys);
  }
  return at;
}

/**
 * A field with keys that would not do for a receiver: atoms become binaries, as is expected in a payload, and of a
 * repeated key the last one stays, because Erlang refuses a whole term for one. Atoms become text and tuples lists.
 */
function withPlainKeys(raw: Uint8Array): Uint8Array {
  const out = new Writer(raw.length * 2);
  encodeValue(out, decodeValue({ bytes: raw, at: 0, exact: true }));
  return out.takeCopy();
}

function readOp(bytes: Uint8Array, at: number): number | null {
  const tag = bytes[at]!;
  if (tag === tags.SMALL_INTEGER) return bytes[at + 1]!;
  if (tag !== tags.INTEGER && tag !== tags.SMALL_BIG && tag !== tags.LARGE_BIG) return null;
  const op = decodeValue({ bytes, at, exact: false });
  return typeof op === "number" ? op : null;
}

/** An event's name is a binary; an atom is taken for it, but for those that stand for null and the booleans. */
function readName(bytes: Uint8Array, at: number, end: number): void {
  frame.t = null;
  if (bytes[at] === tags.BINARY) {
    frame.setName(at + 5, end);
  } else if (isAtomTag(bytes[at]!)) {
    const name = decodeValue({ bytes, at, exact: false });
    if (typeof name === "string") frame.t = name;
  }
}
