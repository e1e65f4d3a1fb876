import ts from "typescript";

/** What a program says that it prints: the comment that ends the line of a `console.log`. */
export interface Claim {
  readonly line: string;
  /** A function prints it, such as a handler, so nobody knows when. */
  readonly anytime: boolean;
}

/** The claims of a program, in order. Throws for a comment within a `console.log`, of which nobody knows what it claims. */
export function readClaims(code: string): readonly Claim[] {
  const file = ts.createSourceFile("program.ts", code, ts.ScriptTarget.Latest, true);
  const rowOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const comments = new Map<number, string>();
  const claims = new Map<number, Claim>();

  function collectComments(node: ts.Node): void {
    for (const child of node.getChildren(file)) collectComments(child);
    if (!ts.isToken(node)) return;
    for (const { kind, pos, end } of ts.getTrailingCommentRanges(code, node.end) ?? []) {
      if (kind === ts.SyntaxKind.SingleLineCommentTrivia) comments.set(rowOf(pos), code.slice(pos + 2, end).trim());
    }
  }

  function collectClaims(node: ts.Node, anytime: boolean): void {
    if (ts.isCallExpression(node) && node.expression.getText(file) === "console.log") {
      const last = rowOf(node.end);
      for (let row = rowOf(node.getStart(file)); row < last; row++) {
        if (comments.has(row)) throw new Error(`"// ${comments.get(row)}" stands before the end of its console.log`);
      }
      const line = comments.get(last);
      if (line !== undefined) claims.set(last, { line, anytime });
    }
    ts.forEachChild(node, (child) => collectClaims(child, anytime || ts.isFunctionLike(node)));
  }

  collectComments(file);
  collectClaims(file, false);
  return [...claims.values()];
}

/**
 * What of the claims was printed: all of them, in their order, where they are kept. Claims of the program's own flow must
 * have been printed in order and no more often than claimed; the others anywhere among them.
 */
export function findKept(claims: readonly Claim[], printed: readonly string[]): readonly string[] {
  const rest = [...printed];
  const kept = new Set<Claim>();
  for (const claim of claims.filter(({ anytime }) => anytime)) {
    const at = rest.indexOf(claim.line);
    if (at === -1) continue;
    rest.splice(at, 1);
    kept.add(claim);
  }
  const inOrder = claims.filter(({ anytime }) => !anytime);
  const told = rest.filter((line) => inOrder.some((claim) => claim.line === line));
  const lines = claims.flatMap((claim) => {
    if (claim.anytime) return kept.has(claim) ? [claim.line] : [];
    const line = told.shift();
    return line === undefined ? [] : [line];
  });
  return [...lines, ...told];
}
