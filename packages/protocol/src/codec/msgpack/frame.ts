import { ByteFrame } from "../byte-frame.ts";
import type { Frame, FrameFault, FrameLimits } from "../codec.ts";
import { Scan } from "../scan-state.ts";
import { isAsciiText } from "../text.ts";
import { decodeKey, decodeValue } from "./decode.ts";
import { isMapHead, lengthEnd, openContainer, scanKey, scanValue } from "./scan.ts";

const D = 0x64;
const O = 0x6f;
const P = 0x70;
const T = 0x74;

const scan = new Scan();
const frame = new ByteFrame({
  key: (bytes, at) => decodeKey({ bytes, at, exact: false }),
  rewritten: (raw) => raw,
});

/** See {@link Codec.readFrame}: a map with text keys, checked to its last byte. */
export function readFrame(bytes: Uint8Array, limits: FrameLimits): Frame | FrameFault {
  scan.begin(limits);
  frame.begin(bytes);
  return scanFrame(bytes) < 0 ? scan.fault! : frame;
}

function scanFrame(bytes: Uint8Array): number {
  if (bytes.length === 0) return scan.fail("malformed", "the frame is empty", 0);
  if (!isMapHead(bytes[0]!)) return scan.fail("not-a-map", "expected a map", 0);
  if (scan.maxDepth < 1) return scan.tooDeep(0);
  let at = openContainer(scan, bytes, 0);
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
  const isMap = start < bytes.length && isMapHead(bytes[start]!);
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
    const { keyStart, keyEnd } = scan;
    at = scanValue(scan, bytes, valueAt, 2);
    if (at >= 0) frame.addField(keyAt, keyStart, keyEnd, valueAt, at, false);
  }
  return at;
}

function readOp(bytes: Uint8Array, at: number): number | null {
  const head = bytes[at]!;
  if (head < 0x80) return head;
  if (head < 0xcc || (head > 0xd3 && head < 0xe0)) return null;
  const op = decodeValue({ bytes, at, exact: false });
  return typeof op === "number" ? op : null;
}

function readName(bytes: Uint8Array, at: number, end: number): void {
  const head = bytes[at]!;
  if (head >= 0xa0 && head < 0xc0) frame.setName(at + 1, end);
  else if (head >= 0xd9 && head <= 0xdb) frame.setName(lengthEnd(at, head - 0xd9), end);
  else frame.t = null;
}
