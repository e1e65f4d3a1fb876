/** The characters of JSON's structure, as bytes. */
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const OPEN_MAP = 0x7b;
export const CLOSE_MAP = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const COMMA = 0x2c;
export const COLON = 0x3a;
