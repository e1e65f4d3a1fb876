import { decodeText, isAsciiText } from "./text.ts";

/** Names seen lately, so that reading an event's name makes no string. Bounded; a miss costs one decoding. */
export class NameCache {
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
