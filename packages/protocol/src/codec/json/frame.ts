import type { Frame, FrameFault, FrameLimits, Raw } from "../codec.ts";
import { checkJson, scanFault, skipColon, skipSpace, skipString, skipValue } from "./scan.ts";

const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const COMMA = 0x2c;

/** Numbers kept per entry of `d`: where its key and its value begin and end (the key without its quotes). */
const STRIDE = 4;

/** A frame over JSON text. One instance serves all frames of a codec; reading the next one overwrites it. */
export class JsonFrame implements Frame {
  op: number | null = null;
  t: string | null = null;
  hasFields = false;
  #text = "";
  #dStart = -1;
  #dEnd = -1;
  #entries: number[] = [];
  #count = 0;

  get d(): string | undefined {
    return this.#dStart < 0 ? undefined : this.#text.slice(this.#dStart, this.#dEnd);
  }

  field(name: string): string | undefined {
    const entries = this.#entries;
    for (let i = (this.#count - 1) * STRIDE; i >= 0; i -= STRIDE) {
      if (keyIs(this.#text, entries[i]!, entries[i + 1]!, name)) {
        return this.#text.slice(entries[i + 2], entries[i + 3]);
      }
    }
    return undefined;
  }

  /** Checks `text` from end to end and points this frame at it. Returns the fault, if there is one. */
  read(text: string, limits: FrameLimits): FrameFault | null {
    this.op = null;
    this.t = null;
    this.hasFields = false;
    this.#text = text;
    this.#dStart = -1;
    this.#count = 0;
    let at = skipSpace(text, 0);
    if (text.charCodeAt(at) !== OPEN_MAP) return this.#notAMap(at, limits);
    at = skipSpace(text, at + 1);
    if (text.charCodeAt(at) === CLOSE_MAP) return this.#finish(at + 1);
    for (;;) {
      const key = at;
      at = skipString(text, at);
      if (at < 0) return scanFault(at, text);
      const keyEnd = at - 1;
      at = skipColon(text, at);
      if (at < 0) return scanFault(at, text);
      at = this.#value(key + 1, keyEnd, at, limits.maxDepth - 1);
      if (at < 0) return scanFault(at, text);
      at = skipSpace(text, at);
      const c = text.charCodeAt(at);
      if (c === CLOSE_MAP) return this.#finish(at + 1);
      if (c !== COMMA) return scanFault(-1 - at, text);
      at = skipSpace(text, at + 1);
    }
  }

  #value(key: number, keyEnd: number, at: number, depth: number): number {
    const text = this.#text;
    if (keyIs(text, key, keyEnd, "d")) {
      this.#dStart = at;
      this.#count = 0;
      this.hasFields = text.charCodeAt(at) === OPEN_MAP;
      const end = this.hasFields && depth > 0 ? this.#fields(at, depth - 1) : skipValue(text, at, depth);
      this.#dEnd = end;
      return end;
    }
    const end = skipValue(text, at, depth);
    if (end < 0) return end;
    if (keyIs(text, key, keyEnd, "op")) this.op = integerAt(text, at, end);
    else if (keyIs(text, key, keyEnd, "t")) this.t = textAt(text, at, end);
    return end;
  }

  #fields(at: number, depth: number): number {
    const text = this.#text;
    const entries = this.#entries;
    at = skipSpace(text, at + 1);
    if (text.charCodeAt(at) === CLOSE_MAP) return at + 1;
    for (;;) {
      const base = this.#count * STRIDE;
      const key = at;
      at = skipString(text, at);
      if (at < 0) return at;
      entries[base] = key + 1;
      entries[base + 1] = at - 1;
      at = skipColon(text, at);
      if (at < 0) return at;
      entries[base + 2] = at;
      at = skipValue(text, at, depth);
      if (at < 0) return at;
      entries[base + 3] = at;
      this.#count++;
      at = skipSpace(text, at);
      const c = text.charCodeAt(at);
      if (c === CLOSE_MAP) return at + 1;
      if (c !== COMMA) return -1 - at;
      at = skipSpace(text, at + 1);
    }
  }

  #finish(at: number): FrameFault | null {
    at = skipSpace(this.#text, at);
    return at === this.#text.length ? null : scanFault(-1 - at, this.#text);
  }

  #notAMap(at: number, limits: FrameLimits): FrameFault {
    return checkJson(this.#text, limits) ?? { fault: "not-a-map", message: "a frame is a map", at };
  }
}

const frame = new JsonFrame();

/** Reads one text frame (protocol.md, "v1: connection"). The result is borrowed until the next call. */
export function readFrame(input: Raw, limits: FrameLimits): Frame | FrameFault {
  if (typeof input !== "string") return { fault: "malformed", message: "JSON travels in text frames", at: 0 };
  return frame.read(input, limits) ?? frame;
}

/** An escaped key is longer than what it stands for, so keys of another length are compared unescaped only then. */
function keyIs(text: string, start: number, end: number, name: string): boolean {
  const length = end - start;
  if (length === name.length) return text.startsWith(name, start);
  return length > name.length && hasEscape(text, start, end) && parseString(text, start - 1, end + 1) === name;
}

function integerAt(text: string, start: number, end: number): number | null {
  const c = text.charCodeAt(start);
  if (end - start === 1) return c >= 0x30 && c <= 0x39 ? c - 0x30 : null;
  const number = Number(text.slice(start, end));
  return c !== 0x22 && c !== OPEN_MAP && Number.isSafeInteger(number) ? number : null;
}

function textAt(text: string, start: number, end: number): string | null {
  if (text.charCodeAt(start) !== 0x22) return null;
  return hasEscape(text, start, end) ? parseString(text, start, end) : text.slice(start + 1, end - 1);
}

function hasEscape(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) === 0x5c) return true;
  return false;
}

function parseString(text: string, start: number, end: number): string {
  return JSON.parse(text.slice(start, end)) as string;
}
