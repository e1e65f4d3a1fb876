/** Why an expression is refused, and where: an offset into the text, in UTF-16 code units. */
export interface ExpressionFault {
  readonly ok: false;
  readonly at: number;
  /** What was expected and what was found. */
  readonly message: string;
}

/** Ends a parse; `parseExpression` catches it and nothing else sees it. */
export class ParseStop extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}
