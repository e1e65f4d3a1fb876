import { ParseStop } from "./fault.ts";
import { BARE_SEGMENT } from "./word.ts";

/** Where a parse has come to in its text, and what it has counted on the way. */
export interface Scanner {
  readonly text: string;
  at: number;
  /** Ops so far, logic included. */
  ops: number;
  /** Parentheses that are open. */
  open: number;
}

const SPACE = /\s*/y;
const PARENTHESIS = /\s*\(/y;
/** How much of the text a message shows. */
const MAX_SHOWN = 24;

export function createScanner(text: string): Scanner {
  return { text, at: 0, ops: 0, open: 0 };
}

export function skipSpace(scanner: Scanner): void {
  SPACE.lastIndex = scanner.at;
  SPACE.test(scanner.text);
  scanner.at = SPACE.lastIndex;
}

/** What a sticky pattern finds right here; `""` where it finds nothing. Moves nothing. */
export function peek(scanner: Scanner, pattern: RegExp): string {
  pattern.lastIndex = scanner.at;
  return pattern.exec(scanner.text)?.[0] ?? "";
}

/** The word right here in small letters, as keywords are compared; `""` where there is none. */
export function peekKeyword(scanner: Scanner): string {
  return peek(scanner, BARE_SEGMENT).toLowerCase();
}

/** Whether a parenthesis opens behind the next `length` characters and any space. */
export function opensBehind(scanner: Scanner, length: number): boolean {
  PARENTHESIS.lastIndex = scanner.at + length;
  return PARENTHESIS.test(scanner.text);
}

/** Skips space and then one piece of punctuation, where that comes next. */
export function take(scanner: Scanner, punctuation: string): boolean {
  skipSpace(scanner);
  if (!scanner.text.startsWith(punctuation, scanner.at)) return false;
  scanner.at += punctuation.length;
  return true;
}

export function isAtEnd(scanner: Scanner): boolean {
  return scanner.at >= scanner.text.length;
}

/** Ends the parse here, or at an offset. */
export function stop(scanner: Scanner, expected: string, at = scanner.at): never {
  throw new ParseStop(at, `expected ${expected}, found ${describe(scanner.text, at)}`);
}

const WORD = /[\p{L}\p{N}\p{M}_\-.:/+@]+/uy;

/** Names what stands at an offset: a word, else one character. */
function describe(text: string, at: number): string {
  if (at >= text.length) return "the end";
  WORD.lastIndex = at;
  const found = WORD.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(at)!);
  return JSON.stringify(found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN - 1)}…` : found);
}
