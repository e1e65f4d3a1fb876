import { type Value, Whole } from "../../value.ts";
import { type Cursor, copyBytes, readF64, readU16, readU32 } from "../bytes.ts";
import { decodeText } from "../text.ts";
import { atomEnd, decodeAtomText } from "./atom.ts";
import { decodeBig, OLD_FLOAT_SIZE, parseOldFloat } from "./number.ts";
import * as tags from "./tag.ts";

/** Decodes the term at the cursor, which a scan has checked, and leaves the cursor behind it. */
export function decodeValue(cursor: Cursor): Value {
  const { bytes, at } = cursor;
  switch (bytes[at]!) {
    case tags.SMALL_INTEGER:
      cursor.at = at + 2;
      return bytes[at + 1]!;
    case tags.INTEGER:
      cursor.at = at + 5;
      return readU32(bytes, at + 1) | 0;
    case tags.BINARY:
      return decodeBinary(cursor);
    case tags.MAP:
      return decodeMap(cursor);
    case tags.LIST:
      return decodeList(cursor, at + 5, readU32(bytes, at + 1), 1);
    case tags.SMALL_TUPLE:
      return decodeList(cursor, at + 2, bytes[at + 1]!, 0);
    case tags.LARGE_TUPLE:
      return decodeList(cursor, at + 5, readU32(bytes, at + 1), 0);
    case tags.NIL:
      cursor.at = at + 1;
      return [];
    case tags.STRING:
      cursor.at = at + 3 + readU16(bytes, at + 1);
      return Array.from(bytes.subarray(at + 3, cursor.at));
    case tags.NEW_FLOAT:
      cursor.at = at + 9;
      return float(cursor, readF64(bytes, at + 1));
    case tags.FLOAT:
      cursor.at = at + 1 + OLD_FLOAT_SIZE;
      return float(cursor, parseOldFloat(bytes, at + 1));
    case tags.SMALL_BIG:
      cursor.at = at + 3 + bytes[at + 1]!;
      return decodeBig(bytes, at + 3, bytes[at + 1]!, bytes[at + 2] === 1);
    case tags.LARGE_BIG:
      cursor.at = at + 6 + readU32(bytes, at + 1);
      return decodeBig(bytes, at + 6, readU32(bytes, at + 1), bytes[at + 5] === 1);
    default:
      return decodeAtom(cursor);
  }
}

/** The key of a map at the cursor: an atom, or a binary that a scan has found to be UTF-8. */
export function decodeKey(cursor: Cursor): string {
  const { bytes, at } = cursor;
  if (bytes[at] !== tags.BINARY) {
    cursor.at = atomEnd(bytes, at);
    return decodeAtomText(bytes, at);
  }
  cursor.at = at + 5 + readU32(bytes, at + 1);
  return decodeText(bytes, at + 5, cursor.at) ?? "";
}

/** Elixir's `nil` and Erlang's `null` are null alike; atoms but the booleans are text. */
function decodeAtom(cursor: Cursor): Value {
  const text = decodeKey(cursor);
  if (text === "nil" || text === "null") return null;
  return text === "true" ? true : text === "false" ? false : text;
}

function decodeBinary(cursor: Cursor): Value {
  const { bytes, at } = cursor;
  cursor.at = at + 5 + readU32(bytes, at + 1);
  return decodeText(bytes, at + 5, cursor.at) ?? copyBytes(bytes, at + 5, cursor.at);
}

/** Elements, behind which `tail` bytes are left out. */
function decodeList(cursor: Cursor, start: number, count: number, tail: number): Value[] {
  const list: Value[] = [];
  cursor.at = start;
  for (let i = 0; i < count; i += 1) list.push(decodeValue(cursor));
  cursor.at += tail;
  return list;
}

function decodeMap(cursor: Cursor): Value {
  const map: { [key: string]: Value } = Object.create(null);
  const count = readU32(cursor.bytes, cursor.at + 1);
  cursor.at += 5;
  for (let i = 0; i < count; i += 1) {
    const key = decodeKey(cursor);
    map[key] = decodeValue(cursor);
  }
  return map;
}

function float(cursor: Cursor, value: number): Value {
  return cursor.exact && Number.isInteger(value) ? new Whole(value) : value;
}
