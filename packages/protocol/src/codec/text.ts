/** Text in bytes, without copying more than is asked for. */

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Node's own decoder of a range, several times as fast as `TextDecoder` on short ranges. */
type DecodeRange = (this: Uint8Array, start: number, end: number) => string;
const nodeDecode = (globalThis.Buffer?.prototype as { utf8Slice?: DecodeRange } | undefined)?.utf8Slice;

/** The text between two offsets; what is no UTF-8 in it reads as U+FFFD. */
export function sliceText(bytes: Uint8Array, start: number, end: number): string {
  return nodeDecode === undefined ? decoder.decode(bytes.subarray(start, end)) : nodeDecode.call(bytes, start, end);
}

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
  if (end - start > 32) return isUtf8(bytes, start, end) ? sliceText(bytes, start, end) : undefined;
  let text = "";
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return isUtf8(bytes, at, end) ? text + sliceText(bytes, at, end) : undefined;
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

/** True where the bytes from `start` are `text`, and `text` is ASCII. */
export function isAsciiText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const byte = bytes[start + i]!;
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}
