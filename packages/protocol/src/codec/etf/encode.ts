import { type Value, Whole } from "../../value.ts";
import { utf8Length } from "../text.ts";
import type { Writer } from "../writer.ts";
import { encodeBigint, encodeFloat, encodeInteger } from "./number.ts";
import * as tags from "./tag.ts";

/** Writes a value; null and booleans are atoms, text and keys binaries. @throws TypeError for what is no `Value` */
export function encodeValue(out: Writer, value: Value): void {
  switch (typeof value) {
    case "string":
      encodeText(out, value);
      break;
    case "number":
      encodeNumber(out, value);
      break;
    case "boolean":
      encodeAtom(out, value ? "true" : "false");
      break;
    case "bigint":
      encodeBigint(out, value);
      break;
    case "object":
      if (value === null) encodeAtom(out, "nil");
      else if (Array.isArray(value)) encodeList(out, value);
      else if (value instanceof Uint8Array) encodeBinary(out, value);
      else if (value instanceof Whole) encodeFinite(out, value.float);
      else encodeMap(out, value as { readonly [key: string]: Value });
      break;
    default:
      throw new TypeError(`expected a value that etf can hold, got ${typeof value}`);
  }
}

export function encodeText(out: Writer, text: string): void {
  const size = utf8Length(text);
  out.u8(tags.BINARY);
  out.u32(size);
  out.text(text, size);
}

/** How many bytes `encodeText` writes. */
export function textSize(text: string): number {
  return 5 + utf8Length(text);
}

/** An atom in the form that every Erlang reads; `name` is ASCII. */
export function encodeAtom(out: Writer, name: string): void {
  out.u8(tags.ATOM);
  out.u16(name.length);
  out.text(name, name.length);
}

function encodeNumber(out: Writer, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) encodeInteger(out, value);
  else encodeFinite(out, value);
}

/** A float. NaN and the infinities, which Erlang does not have, become nil. */
function encodeFinite(out: Writer, value: number): void {
  if (Number.isFinite(value)) encodeFloat(out, value);
  else encodeAtom(out, "nil");
}

function encodeBinary(out: Writer, bytes: Uint8Array): void {
  out.u8(tags.BINARY);
  out.u32(bytes.length);
  out.put(bytes);
}

function encodeList(out: Writer, list: readonly Value[]): void {
  if (list.length > 0) {
    out.u8(tags.LIST);
    out.u32(list.length);
    for (let i = 0; i < list.length; i += 1) encodeValue(out, list[i]!);
  }
  out.u8(tags.NIL);
}

function encodeMap(out: Writer, map: { readonly [key: string]: Value }): void {
  const keys = Object.keys(map);
  encodeMapHead(out, keys.length);
  for (const key of keys) {
    encodeText(out, key);
    encodeValue(out, map[key]!);
  }
}

export function encodeMapHead(out: Writer, entries: number): void {
  out.u8(tags.MAP);
  out.u32(entries);
}
