import { MAX_VALUE_DEPTH } from "./limits.ts";
import { isQuote, parseString } from "./parse-string.ts";
import { peek, type Scanner, skipSpace, stop, take } from "./scanner.ts";
import { BARE_SEGMENT, BARE_WORD, readWord } from "./word.ts";

/** Reads a constant: a bare word, text in quotes, a list or a map. */
export function parseValue(scanner: Scanner, depth = 0): unknown {
  skipSpace(scanner);
  const start = scanner.at;
  const first = scanner.text[start];
  if (isQuote(first)) return parseString(scanner, first);
  if (first === "[" || first === "{") {
    if (depth >= MAX_VALUE_DEPTH) return stop(scanner, `a value nested at most ${MAX_VALUE_DEPTH} deep`);
    scanner.at++;
    return first === "[" ? parseList(scanner, "]", depth + 1) : parseMap(scanner, depth + 1);
  }
  const word = peek(scanner, BARE_WORD);
  if (word === "") return stop(scanner, "a value, in quotes where it has other than letters, digits and _-.:/+");
  const result = readWord(word);
  if (!result.ok) return stop(scanner, result.expected);
  scanner.at += word.length;
  return result.value;
}

/** Reads the rest of a list, up to `end`. */
export function parseList(scanner: Scanner, end: "]" | ")", depth: number): unknown[] {
  const list: unknown[] = [];
  if (take(scanner, end)) return list;
  do list.push(parseValue(scanner, depth));
  while (take(scanner, ","));
  return take(scanner, end) ? list : stop(scanner, `, or ${end} in the list`);
}

function parseMap(scanner: Scanner, depth: number): object {
  const map: { [key: string]: unknown } = {};
  if (take(scanner, "}")) return map;
  do {
    const key = parseKey(scanner);
    if (!take(scanner, ":")) stop(scanner, "a : behind the key");
    const value = parseValue(scanner, depth);
    // An assignment would set the prototype where the key is __proto__.
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } while (take(scanner, ","));
  return take(scanner, "}") ? map : stop(scanner, ", or } in the map");
}

function parseKey(scanner: Scanner): string {
  skipSpace(scanner);
  const first = scanner.text[scanner.at];
  if (isQuote(first)) return parseString(scanner, first);
  const word = peek(scanner, BARE_SEGMENT);
  if (word === "") return stop(scanner, "a key, in quotes where it has other than letters, digits, _ and -");
  scanner.at += word.length;
  return word;
}
