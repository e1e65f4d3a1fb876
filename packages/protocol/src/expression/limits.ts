/** Longest expression, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 65_536;

/** How deep logic, and with it parentheses, may be nested; the server allows no more (docs/protocol/query.md). */
export const MAX_LOGIC_DEPTH = 32;

/** Comparisons and logic together may be this many; again the server's bound. */
export const MAX_OPS = 256;

/** How deep lists and maps of a constant may be nested. */
export const MAX_VALUE_DEPTH = 128;

/** Longest path as a JSON Pointer, in UTF-16 code units, and most segments. */
export const MAX_PATH_LENGTH = 1024;
export const MAX_PATH_SEGMENTS = 32;
