import { type ExpressionFault, ParseStop } from "./fault.ts";
import { MAX_LOGIC_DEPTH, MAX_OPS, MAX_TEXT_LENGTH } from "./limits.ts";
import type { LogicOp, Op } from "./op.ts";
import { parseComparison, parseExists } from "./parse-comparison.ts";
import { createScanner, isAtEnd, opensBehind, peekKeyword, type Scanner, skipSpace, stop, take } from "./scanner.ts";

/** What {@link parseExpression} answers. */
export type ExpressionResult = { readonly ok: true; readonly ops: readonly Op[] } | ExpressionFault;

/**
 * Reads an expression (docs/guides/expressions.md): `latency<=100 && region=eu` becomes the `ops` of a query, all of
 * which must hold. Empty text is no ops, which matches everyone. Never throws; takes time in proportion to the text.
 */
export function parseExpression(text: string): ExpressionResult {
  if (text.length > MAX_TEXT_LENGTH) {
    const message = `expected at most ${MAX_TEXT_LENGTH} characters, found ${text.length}`;
    return { ok: false, at: MAX_TEXT_LENGTH, message };
  }
  try {
    return { ok: true, ops: parseWhole(createScanner(text)) };
  } catch (error) {
    if (!(error instanceof ParseStop)) throw error;
    return { ok: false, at: error.at, message: error.message };
  }
}

/** An op with the depth of the logic in it; 0 for a comparison. */
interface Node {
  readonly op: Op;
  readonly depth: number;
}

/** Conditions joined by one kind of logic; `null` where there is only one. */
interface Joined {
  readonly at: number;
  readonly by: "$and" | "$or" | null;
  readonly nodes: readonly Node[];
}

/** Logic that can be written as a call, which says the one thing that operators cannot: logic over a single op. */
const CALLS = new Map<string, LogicOp>([
  ["all", "$and"],
  ["any", "$or"],
  ["none", "$nor"],
]);

function parseWhole(scanner: Scanner): readonly Op[] {
  skipSpace(scanner);
  if (isAtEnd(scanner)) return [];
  const joined = parseDisjunction(scanner);
  skipSpace(scanner);
  if (!isAtEnd(scanner))
    return stop(scanner, "&&, || or the end (text with other than letters and digits goes in quotes)");
  return (joined.by === "$or" ? [join(scanner, joined)] : joined.nodes).map(({ op }) => op);
}

function parseDisjunction(scanner: Scanner): Joined {
  const first = parseConjunction(scanner);
  if (!takeJoiner(scanner, "||", "or")) return first;
  const nodes = [join(scanner, first)];
  do nodes.push(join(scanner, parseConjunction(scanner)));
  while (takeJoiner(scanner, "||", "or"));
  return { at: first.at, by: "$or", nodes };
}

function parseConjunction(scanner: Scanner): Joined {
  skipSpace(scanner);
  const { at } = scanner;
  const nodes: Node[] = [];
  do nodes.push(parseCondition(scanner));
  while (takeJoiner(scanner, "&&", "and"));
  return { at, by: nodes.length === 1 ? null : "$and", nodes };
}

function takeJoiner(scanner: Scanner, symbol: "&&" | "||", word: "and" | "or"): boolean {
  if (take(scanner, symbol)) return true;
  if (peekKeyword(scanner) !== word) return false;
  scanner.at += word.length;
  return true;
}

function parseCondition(scanner: Scanner): Node {
  skipSpace(scanner);
  const start = scanner.at;
  if (scanner.text[start] === "(") return join(scanner, parseGroup(scanner));
  if (take(scanner, "!")) return parseNegation(scanner, start);
  const word = peekKeyword(scanner);
  if (word === "not") {
    scanner.at += word.length;
    return parseNegation(scanner, start);
  }
  return (
    parseExistence(scanner, start, true) ?? parseCall(scanner) ?? count(scanner, start, parseComparison(scanner), 0)
  );
}

/** Behind `!` or `not`: no path, or none of what follows. */
function parseNegation(scanner: Scanner, start: number): Node {
  skipSpace(scanner);
  if (scanner.text[scanner.at] === "(") {
    const group = parseGroup(scanner);
    const nodes = group.by === "$and" ? [join(scanner, group)] : group.nodes;
    return createLogic(scanner, start, "$nor", nodes);
  }
  const node = parseExistence(scanner, start, false);
  if (node !== null) return node;
  const call = parseCall(scanner);
  if (call !== null) return createLogic(scanner, start, "$nor", [call]);
  return stop(scanner, "exists or ( behind the negation, as in !exists tier and !(tier = 1)");
}

function parseExistence(scanner: Scanner, start: number, value: boolean): Node | null {
  if (peekKeyword(scanner) !== "exists") return null;
  scanner.at += "exists".length;
  return count(scanner, start, parseExists(scanner, value), 0);
}

function parseCall(scanner: Scanner): Node | null {
  const word = peekKeyword(scanner);
  const op = CALLS.get(word);
  if (op === undefined || !opensBehind(scanner, word.length)) return null;
  const start = scanner.at;
  scanner.at += word.length;
  open(scanner);
  const nodes: Node[] = [];
  do nodes.push(join(scanner, parseDisjunction(scanner)));
  while (take(scanner, ","));
  close(scanner, ", or ) in the call");
  return createLogic(scanner, start, op, nodes);
}

function parseGroup(scanner: Scanner): Joined {
  open(scanner);
  const joined = parseDisjunction(scanner);
  close(scanner, "&&, || or )");
  return joined;
}

function open(scanner: Scanner): void {
  skipSpace(scanner);
  if (scanner.open >= MAX_LOGIC_DEPTH) stop(scanner, `parentheses nested at most ${MAX_LOGIC_DEPTH} deep`);
  scanner.open++;
  scanner.at++;
}

function close(scanner: Scanner, expected: string): void {
  if (!take(scanner, ")")) stop(scanner, expected);
  scanner.open--;
}

/** Several conditions as the one that they are together. */
function join(scanner: Scanner, { at, by, nodes }: Joined): Node {
  return by === null ? nodes[0]! : createLogic(scanner, at, by, nodes);
}

function createLogic(scanner: Scanner, at: number, op: LogicOp, nodes: readonly Node[]): Node {
  const depth = 1 + Math.max(...nodes.map((node) => node.depth));
  if (depth > MAX_LOGIC_DEPTH) stop(scanner, `logic nested at most ${MAX_LOGIC_DEPTH} deep`, at);
  return count(scanner, at, { op, with: nodes.map((node) => node.op) }, depth);
}

function count(scanner: Scanner, at: number, op: Op, depth: number): Node {
  scanner.ops++;
  if (scanner.ops > MAX_OPS) stop(scanner, `at most ${MAX_OPS} conditions, with what joins them`, at);
  return { op, depth };
}
