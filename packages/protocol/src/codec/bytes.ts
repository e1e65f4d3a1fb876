import type { Frame, FrameFault, FrameLimits, Raw } from "./codec.ts";

/** What the two binary codecs share: text in bytes, the view of a frame, the state of a scan, a writer. */

/** No frame nests deeper than this, whatever is configured: it bounds the recursion of `decode`. */
const MAX_DEPTH = 1024;
/** A writer that grew beyond this for one value gives its buffer back. */
const KEPT_BYTES = 65_536;
/** A frame view keeps room for this many fields; one that grew beyond gives it back. */
const KEPT_FIELDS = 256;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const scratch = new DataView(new ArrayBuffer(8));

/** True where the bytes are well-formed UTF-8: no overlong form, no surrogate, nothing beyond U+10FFFF. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at]! >= 0x80) return isUtf8Beyond(bytes, at, end);
  return true;
}

function isUtf8Beyond(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    at += 1;
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (end - at < more) return false;
    const second = bytes[at]!;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let i = 1; i < more; i += 1) if ((bytes[at + i]! & 0xc0) !== 0x80) return false;
    at += more;
  }
  return true;
}

/** The text in the bytes, or `undefined` where they are no UTF-8. A byte order mark is a character like any other. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > 32) return isUtf8(bytes, start, end) ? decoder.decode(bytes.subarray(start, end)) : undefined;
  let text = "";
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return isUtf8(bytes, at, end) ? text + decoder.decode(bytes.subarray(at, end)) : undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** How many bytes a text takes; a lone surrogate counts as the U+FFFD that it is written as. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i += 1;
  }
  return length;
}

/** A copy that outlives the frame. (`slice` would not do: that of a Node `Buffer` shares its memory.) */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function readF64(bytes: Uint8Array, at: number): number {
  scratch.setUint32(0, readU32(bytes, at));
  scratch.setUint32(4, readU32(bytes, at + 4));
  return scratch.getFloat64(0);
}

/** Raw values of a binary codec are bytes; text here is a mistake of ours. */
export function expectBytes(raw: Raw): Uint8Array {
  if (typeof raw === "string") throw new TypeError("expected a raw value of a binary codec, got text");
  return raw;
}

/** Where a decoder stands. `exact` keeps floats without fraction apart. */
export interface Cursor {
  readonly bytes: Uint8Array;
  readonly exact: boolean;
  at: number;
}

/**
 * A scan's state: its bounds, what it last found, and the fault that ended it. Scanning functions return the offset
 * behind what they read, or −1 after writing `fault`; one record serves all frames of a codec.
 */
export class Scan {
  maxDepth = 0;
  /** Where the text of the key read last starts and ends. */
  keyStart = 0;
  keyEnd = 0;
  /** Entries of the map opened last. */
  count = 0;
  /** Map keys read so far that were atoms (etf). */
  atomKeys = 0;
  fault: FrameFault | undefined;
  /** For each container around the current one: what kind it is and how many values it still awaits. */
  readonly stack: Int32Array = new Int32Array(2 * MAX_DEPTH);

  begin(limits: FrameLimits): void {
    this.maxDepth = Math.min(limits.maxDepth, MAX_DEPTH);
    this.atomKeys = 0;
    this.fault = undefined;
  }

  fail(fault: FrameFault["fault"], message: string, at: number): -1 {
    this.fault = { fault, message, at };
    return -1;
  }

  /** The bytes end before the value does. */
  cutShort(bytes: Uint8Array): -1 {
    return this.fail("malformed", "the frame ends in the middle of a value", bytes.length);
  }

  tooDeep(at: number): -1 {
    return this.fail("too-deep", `maps and lists nest deeper than ${this.maxDepth} levels`, at);
  }
}

/** Names seen lately, so that reading an event's name makes no string. Bounded; a miss costs one decoding. */
class NameCache {
  private readonly slots: string[] = new Array(64).fill("");

  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start;
    if (length === 0 || length > 64) return decodeText(bytes, start, end);
    const slot = (length + bytes[start]! * 7 + bytes[end - 1]! * 31) & 63;
    const known = this.slots[slot]!;
    if (known.length === length && isAsciiText(bytes, start, known)) return known;
    const name = decodeText(bytes, start, end);
    if (name !== undefined && name.length === length) this.slots[slot] = name;
    return name;
  }
}

/** True where the bytes from `start` are `text`, and `text` is ASCII. */
function isAsciiText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const byte = bytes[start + i]!;
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** What a frame view has to ask its codec. */
export interface FrameSource {
  /** The key that starts at `at`. */
  key(bytes: Uint8Array, at: number): string;
  /** The value of a field that was added with `rewrite`, in the form in which it may be passed on. */
  rewritten(raw: Uint8Array): Uint8Array;
}

/** Numbers kept per field: where its key, the key's text and the value start and end, and whether to rewrite it. */
const SLOTS = 6;

/** A frame over borrowed bytes, reused for the next one. Fields are offsets: nothing is allocated until asked for. */
export class ByteFrame implements Frame {
  op: number | null = null;
  t: string | null = null;
  hasFields = false;
  private bytes: Uint8Array = new Uint8Array(0);
  private dStart = 0;
  private dEnd = -1;
  private used = 0;
  private slots: Int32Array = new Int32Array(KEPT_FIELDS * SLOTS);
  private readonly names = new NameCache();
  private readonly source: FrameSource;

  constructor(source: FrameSource) {
    this.source = source;
  }

  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.op = null;
    this.t = null;
    this.dEnd = -1;
    this.hasFields = false;
    this.used = 0;
    if (this.slots.length > KEPT_FIELDS * SLOTS) this.slots = new Int32Array(KEPT_FIELDS * SLOTS);
  }

  setName(start: number, end: number): void {
    this.t = this.names.read(this.bytes, start, end) ?? null;
  }

  /** Names `d`, dropping the fields of an earlier one. */
  setD(start: number, hasFields: boolean): void {
    this.dStart = start;
    this.hasFields = hasFields;
    this.used = 0;
  }

  closeD(end: number): void {
    this.dEnd = end;
  }

  addField(keyAt: number, keyStart: number, keyEnd: number, start: number, end: number, rewrite: boolean): void {
    if (this.used === this.slots.length) {
      const grown = new Int32Array(this.used * 2);
      grown.set(this.slots);
      this.slots = grown;
    }
    const { slots, used } = this;
    slots[used] = keyAt;
    slots[used + 1] = keyStart;
    slots[used + 2] = keyEnd;
    slots[used + 3] = start;
    slots[used + 4] = end;
    slots[used + 5] = rewrite ? 1 : 0;
    this.used = used + SLOTS;
  }

  get d(): Uint8Array | undefined {
    return this.dEnd < 0 ? undefined : this.cut(this.dStart, this.dEnd);
  }

  field(name: string): Uint8Array | undefined {
    const { slots, bytes } = this;
    for (let i = this.used - SLOTS; i >= 0; i -= SLOTS) {
      const start = slots[i + 1]!;
      if (slots[i + 2]! - start === name.length && isAsciiText(bytes, start, name)) return this.value(i);
    }
    // Text beyond ASCII is compared as text, for an etf atom may hold it as Latin-1.
    if (utf8Length(name) === name.length) return undefined;
    for (let i = this.used - SLOTS; i >= 0; i -= SLOTS) {
      if (this.source.key(bytes, slots[i]!) === name) return this.value(i);
    }
    return undefined;
  }

  private value(slot: number): Uint8Array {
    const raw = this.cut(this.slots[slot + 3]!, this.slots[slot + 4]!);
    return this.slots[slot + 5] === 0 ? raw : this.source.rewritten(raw);
  }

  private cut(start: number, end: number): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, end - start);
  }
}

/** Bytes in the making, big-endian. */
export class Writer {
  private bytes: Uint8Array<ArrayBuffer>;
  private length = 0;

  /** `capacity` is a start for what is taken with `takeCopy`, and the exact size for `takeWhole`. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  u8(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value);
  }

  u32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  f64(value: number): void {
    scratch.setFloat64(0, value);
    this.u32(scratch.getUint32(0));
    this.u32(scratch.getUint32(4));
  }

  put(slice: Uint8Array): void {
    const size = slice.length;
    this.reserve(size);
    const { bytes, length } = this;
    if (size > 32) bytes.set(slice, length);
    else for (let i = 0; i < size; i += 1) bytes[length + i] = slice[i]!;
    this.length = length + size;
  }

  /** Text that takes `size` bytes, as `utf8Length` counts. */
  text(text: string, size: number): void {
    this.reserve(size);
    const { bytes, length } = this;
    if (size === text.length && size <= 64) {
      for (let i = 0; i < size; i += 1) bytes[length + i] = text.charCodeAt(i);
    } else {
      encoder.encodeInto(text, bytes.subarray(length, length + size));
    }
    this.length = length + size;
  }

  /** A copy of what was written; the writer starts anew. */
  takeCopy(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(KEPT_BYTES);
    return taken;
  }

  /** What was written, uncopied: for a writer made with the exact size, and used up by this. */
  takeWhole(): Uint8Array {
    return this.length === this.bytes.length ? this.bytes : this.takeCopy();
  }

  /** Drops what an encoding that threw left behind. */
  restart(): void {
    this.length = 0;
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
