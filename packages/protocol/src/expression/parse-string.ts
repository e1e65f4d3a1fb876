import { type Scanner, stop } from "./scanner.ts";

/** Everything up to what ends a string or escapes in it. */
const PLAIN = { '"': /[^"\\]*/y, "'": /[^'\\]*/y } as const;
const ESCAPES = new Map([
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const HEX = /[\da-fA-F]{4}/y;

/** Whether a string begins here. */
export function isQuote(character: string | undefined): character is '"' | "'" {
  return character === '"' || character === "'";
}

/** Reads a string in either kind of quotes, with the escapes of JSON and `\'`. Line breaks may stand as they are. */
export function parseString(scanner: Scanner, quote: '"' | "'"): string {
  const start = scanner.at++;
  const plain = PLAIN[quote];
  const { text } = scanner;
  let value = "";
  for (;;) {
    plain.lastIndex = scanner.at;
    value += plain.exec(text)![0];
    scanner.at = plain.lastIndex;
    if (scanner.at >= text.length) stop(scanner, `${quote} to end the text that begins at ${start + 1}`);
    if (text[scanner.at] === quote) {
      scanner.at++;
      return value;
    }
    value += parseEscape(scanner);
  }
}

function parseEscape(scanner: Scanner): string {
  const letter = scanner.text[scanner.at + 1] ?? "";
  const character = ESCAPES.get(letter);
  if (character !== undefined) {
    scanner.at += 2;
    return character;
  }
  HEX.lastIndex = scanner.at + 2;
  const hex = letter === "u" ? HEX.exec(scanner.text)?.[0] : undefined;
  if (hex === undefined) return stop(scanner, "an escape such as \\n, \\\\ or \\u00e9");
  scanner.at += 6;
  return String.fromCharCode(Number.parseInt(hex, 16));
}
