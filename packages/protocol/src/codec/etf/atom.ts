import { readU16 } from "../bytes.ts";
import type { Scan } from "../scan-state.ts";
import { decodeText, isUtf8 } from "../text.ts";
import { ATOM, ATOM_UTF8, SMALL_ATOM, SMALL_ATOM_UTF8 } from "./tag.ts";

/** Erlang refuses atoms with more characters, and what we pass on must not break who receives it. */
const MAX_CHARACTERS = 255;

export function isAtomTag(tag: number): boolean {
  return tag === ATOM || tag === SMALL_ATOM || tag === ATOM_UTF8 || tag === SMALL_ATOM_UTF8;
}

/** Where the text of the atom at `at` starts. */
export function atomStart(bytes: Uint8Array, at: number): number {
  const tag = bytes[at]!;
  return tag === SMALL_ATOM || tag === SMALL_ATOM_UTF8 ? at + 2 : at + 3;
}

/** Where the atom at `at` ends, its head being there. */
export function atomEnd(bytes: Uint8Array, at: number): number {
  const start = atomStart(bytes, at);
  return start + (start === at + 2 ? bytes[at + 1]! : readU16(bytes, at + 1));
}

export function scanAtom(scan: Scan, bytes: Uint8Array, at: number): number {
  const start = atomStart(bytes, at);
  if (start > bytes.length) return scan.cutShort(bytes);
  const end = atomEnd(bytes, at);
  if (end > bytes.length) return scan.cutShort(bytes);
  const isText = bytes[at]! >= ATOM_UTF8;
  if (isText && !isUtf8(bytes, start, end)) return scan.fail("malformed", "an atom is no UTF-8", start);
  if (end - start > MAX_CHARACTERS && (!isText || characters(bytes, start, end) > MAX_CHARACTERS)) {
    return scan.fail("malformed", `an atom is longer than ${MAX_CHARACTERS} characters`, at);
  }
  return end;
}

function characters(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if ((bytes[at]! & 0xc0) !== 0x80) count += 1;
  return count;
}

/** The text of the checked atom at `at`; the older two tags hold Latin-1. */
export function decodeAtomText(bytes: Uint8Array, at: number): string {
  const start = atomStart(bytes, at);
  const end = atomEnd(bytes, at);
  if (bytes[at]! >= ATOM_UTF8) return decodeText(bytes, start, end) ?? "";
  let text = "";
  for (let i = start; i < end; i += 1) text += String.fromCharCode(bytes[i]!);
  return text;
}
