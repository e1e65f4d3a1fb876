/** What this language cannot write, or what does not name an application; the message says what was expected. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}
