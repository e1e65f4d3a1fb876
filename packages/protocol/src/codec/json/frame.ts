import type { Frame, FrameFault, FrameLimits } from "../codec.ts";
import { NameCache } from "../name-cache.ts";
import { sliceText } from "../text.ts";
import { BACKSLASH, CLOSE_MAP, COMMA, OPEN_MAP, QUOTE } from "./characters.ts";
import { checkJson, malformed, scanFault, skipColon, skipSpace, skipString, skipValue } from "./scan.ts";
import { loadText } from "./text-buffer.ts";

/** Numbers kept per entry of `d`: where its key and its value begin and end (the key without its quotes). */
const STRIDE = 4;

/** A frame over the bytes of JSON text. One instance serves all frames; reading the next one overwrites it. */
class JsonFrame implements Frame {
  op: number | null = null;
  t: string | null = null;
  size = 0;
  hasFields = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #dStart = 0;
  #dEnd = -1;
  #nonceStart = 0;
  #nonceEnd = -1;
  /** The whole text, decoded when the first part of it is asked for. */
  #text: string | null = null;
  readonly #entries: number[] = [];
  #count = 0;
  readonly #names = new NameCache();

  get d(): string | undefined {
    return this.#dEnd < 0 ? undefined : this.#slice(this.#dStart, this.#dEnd);
  }

  get nonce(): string | undefined {
    return this.#nonceEnd < 0 ? undefined : this.#slice(this.#nonceStart, this.#nonceEnd);
  }

  field(name: string): string | undefined {
    const entries = this.#entries;
    const bytes = this.#bytes;
    for (let i = (this.#count - 1) * STRIDE; i >= 0; i -= STRIDE) {
      if (keyIs(bytes, entries[i]!, entries[i + 1]!, name)) return this.#slice(entries[i + 2]!, entries[i + 3]!);
    }
    return undefined;
  }

  /** Checks the bytes from end to end and points this frame at them. Returns the fault, if there is one. */
  read(input: Uint8Array, limits: FrameLimits): FrameFault | null {
    const bytes = loadText(input);
    const size = input.length;
    this.op = null;
    this.t = null;
    this.hasFields = false;
    this.#bytes = bytes;
    this.size = size;
    this.#text = null;
    this.#dEnd = -1;
    this.#nonceEnd = -1;
    this.#count = 0;
    const start = skipSpace(bytes, 0);
    if (bytes[start] !== OPEN_MAP) {
      return checkJson(input, limits) ?? { fault: "not-a-map", message: "a frame is a map", at: start };
    }
    const end = this.#entriesOfFrame(start, limits.maxDepth - 1);
    if (end < 0) return scanFault(end, bytes, size);
    const rest = skipSpace(bytes, end);
    return rest === size ? null : scanFault(malformed(rest), bytes, size);
  }

  /** Where all is ASCII, offsets of bytes are offsets of characters, and parts share the memory of one text. */
  #slice(start: number, end: number): string {
    this.#text ??= sliceText(this.#bytes, 0, this.size);
    return this.#text.length === this.size ? this.#text.slice(start, end) : sliceText(this.#bytes, start, end);
  }

  #entriesOfFrame(at: number, depth: number): number {
    const bytes = this.#bytes;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] === CLOSE_MAP) return at + 1;
    for (;;) {
      const key = at + 1;
      at = skipString(bytes, at);
      if (at < 0) return at;
      const keyEnd = at - 1;
      at = skipColon(bytes, at);
      if (at < 0) return at;
      at = this.#value(frameKey(bytes, key, keyEnd), at, depth);
      if (at < 0) return at;
      at = skipSpace(bytes, at);
      const byte = bytes[at];
      if (byte === CLOSE_MAP) return at + 1;
      if (byte !== COMMA) return malformed(at);
      at = skipSpace(bytes, at + 1);
    }
  }

  #value(key: FrameKey, at: number, depth: number): number {
    const bytes = this.#bytes;
    if (key === "d") {
      this.#dStart = at;
      this.#count = 0;
      this.hasFields = bytes[at] === OPEN_MAP;
      this.#dEnd = this.hasFields && depth > 0 ? this.#fields(at, depth - 1) : skipValue(bytes, at, depth);
      return this.#dEnd;
    }
    const end = skipValue(bytes, at, depth);
    if (end < 0) return end;
    if (key === "op") this.op = integerAt(bytes, at, end);
    else if (key === "t") this.t = this.#textAt(at, end);
    else if (key === "nonce") {
      this.#nonceStart = at;
      this.#nonceEnd = end;
    }
    return end;
  }

  #fields(at: number, depth: number): number {
    const bytes = this.#bytes;
    const entries = this.#entries;
    let count = 0;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] === CLOSE_MAP) return at + 1;
    for (;;) {
      const base = count * STRIDE;
      entries[base] = at + 1;
      at = skipString(bytes, at);
      if (at < 0) return at;
      entries[base + 1] = at - 1;
      at = skipColon(bytes, at);
      if (at < 0) return at;
      entries[base + 2] = at;
      at = skipValue(bytes, at, depth);
      if (at < 0) return at;
      entries[base + 3] = at;
      this.#count = ++count;
      at = skipSpace(bytes, at);
      const byte = bytes[at];
      if (byte === CLOSE_MAP) return at + 1;
      if (byte !== COMMA) return malformed(at);
      at = skipSpace(bytes, at + 1);
    }
  }

  #textAt(start: number, end: number): string | null {
    const bytes = this.#bytes;
    if (bytes[start] !== QUOTE) return null;
    if (hasEscape(bytes, start, end)) return parseString(bytes, start, end);
    return this.#names.read(bytes, start + 1, end - 1) ?? null;
  }
}

const frame = new JsonFrame();

/** Reads the UTF-8 bytes of one text frame (docs/protocol/codecs.md). The result is borrowed until the next call. */
export function readFrame(bytes: Uint8Array, limits: FrameLimits): Frame | FrameFault {
  return frame.read(bytes, limits) ?? frame;
}

type FrameKey = "op" | "t" | "d" | "nonce" | null;

/** Which key of a frame stands between two offsets. */
function frameKey(bytes: Uint8Array, start: number, end: number): FrameKey {
  const first = bytes[start]!;
  switch (end - start) {
    case 1:
      return first === 0x64 ? "d" : first === 0x74 ? "t" : null;
    case 2:
      return first === 0x6f && bytes[start + 1] === 0x70 ? "op" : null;
    case 5:
      return keyIs(bytes, start, end, "nonce") ? "nonce" : null;
  }
  if (!hasEscape(bytes, start, end)) return null;
  const key = parseString(bytes, start - 1, end + 1);
  return key === "op" || key === "t" || key === "d" || key === "nonce" ? key : null;
}

/** Whether a key is `name`, which is ASCII. An escaped key is longer than what it stands for, hence the order. */
function keyIs(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const length = end - start;
  if (length !== name.length) {
    return length > name.length && hasEscape(bytes, start, end) && parseString(bytes, start - 1, end + 1) === name;
  }
  for (let i = 0; i < length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return true;
}

function integerAt(bytes: Uint8Array, start: number, end: number): number | null {
  const first = bytes[start]!;
  if (end - start === 1) return first >= 0x30 && first <= 0x39 ? first - 0x30 : null;
  const number = Number(sliceText(bytes, start, end));
  return first !== QUOTE && first !== OPEN_MAP && Number.isSafeInteger(number) ? number : null;
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

function parseString(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(sliceText(bytes, start, end)) as string;
}
