import { isQuote, parseString } from "./parse-string.ts";
import { formatPointer, parsePointer } from "./path.ts";
import { isAtEnd, peek, type Scanner, skipSpace, stop } from "./scanner.ts";
import { BARE_SEGMENT, isLiteral } from "./word.ts";

/** A JSON Pointer without quotes. */
const POINTER = /(?:\/[\p{L}\p{N}\p{M}_\-.:+@~]*)+/uy;

/** Words that begin or join conditions; as the first key of a path they need quotes. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(["and", "or", "not", "exists"]);

/** Reads a path: `limits.cpu`, `"odd key".cpu` or `/limits/cpu`. The answer is a JSON Pointer. */
export function parsePath(scanner: Scanner): string {
  skipSpace(scanner);
  const start = scanner.at;
  const pointer = scanner.text[start] === "/" ? parsePointerHere(scanner) : formatPointer(parseSegments(scanner));
  const segments = parsePointer(pointer);
  return typeof segments === "string" ? stop(scanner, segments, start) : pointer;
}

function parsePointerHere(scanner: Scanner): string {
  const pointer = peek(scanner, POINTER);
  scanner.at += pointer.length;
  return pointer;
}

function parseSegments(scanner: Scanner): readonly string[] {
  const segments = [parseFirst(scanner)];
  while (scanner.text[scanner.at] === ".") {
    scanner.at++;
    segments.push(parseSegment(scanner, "a key behind the point"));
  }
  return segments;
}

/** The first key may not look like a value: `5 < load` is load > 5 written the wrong way round, not a key "5". */
function parseFirst(scanner: Scanner): string {
  const word = peek(scanner, BARE_SEGMENT);
  if (RESERVED_WORDS.has(word.toLowerCase())) return stop(scanner, `a path (the key ${word} is written "${word}")`);
  if (isLiteral(word))
    return stop(scanner, `a path first and the value behind it (the key ${word} is written "${word}")`);
  return parseSegment(scanner, "a path such as region or limits.cpu");
}

function parseSegment(scanner: Scanner, expected: string): string {
  const quote = scanner.text[scanner.at];
  if (!isAtEnd(scanner) && isQuote(quote)) return parseString(scanner, quote);
  const word = peek(scanner, BARE_SEGMENT);
  if (word === "") return stop(scanner, expected);
  scanner.at += word.length;
  return word;
}
