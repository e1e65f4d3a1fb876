/** Tags of the external term format, by the names of https://www.erlang.org/doc/apps/erts/erl_ext_dist. */

export const VERSION = 131;
export const COMPRESSED = 80;

export const NEW_FLOAT = 70;
export const SMALL_INTEGER = 97;
export const INTEGER = 98;
export const FLOAT = 99;
export const ATOM = 100;
export const SMALL_TUPLE = 104;
export const LARGE_TUPLE = 105;
export const NIL = 106;
export const STRING = 107;
export const LIST = 108;
export const BINARY = 109;
export const SMALL_BIG = 110;
export const LARGE_BIG = 111;
export const SMALL_ATOM = 115;
export const MAP = 116;
export const ATOM_UTF8 = 118;
export const SMALL_ATOM_UTF8 = 119;

/** Terms that no payload can hold: other processes' handles, functions, parts of bytes, compressed and cached terms. */
const UNSUPPORTED: ReadonlyMap<number, string> = new Map([
  [77, "BIT_BINARY_EXT"],
  [78, "ATOM_INT_CACHE_REF3"],
  [COMPRESSED, "a compressed term"],
  [82, "ATOM_CACHE_REF"],
  [88, "NEW_PID_EXT"],
  [89, "NEW_PORT_EXT"],
  [90, "NEWER_REFERENCE_EXT"],
  [101, "REFERENCE_EXT"],
  [102, "PORT_EXT"],
  [103, "PID_EXT"],
  [112, "NEW_FUN_EXT"],
  [113, "EXPORT_EXT"],
  [114, "NEW_REFERENCE_EXT"],
  [117, "FUN_EXT"],
  [120, "V4_PORT_EXT"],
  [121, "LOCAL_EXT"],
]);

/** The name of a term that is known but refused. */
export function unsupportedName(tag: number): string | undefined {
  return UNSUPPORTED.get(tag);
}
