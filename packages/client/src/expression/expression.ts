import * as language from "@singyeong/protocol/expression";
import { SingyeongError } from "../errors.ts";
import type { Op } from "../query/query.ts";

/** Why an expression is refused, and where: an offset into the text, in UTF-16 code units. */
export interface ExpressionFault {
  readonly ok: false;
  readonly at: number;
  /** What was expected and what was found. */
  readonly message: string;
}

/** What {@link parseExpression} answers. */
export type ExpressionResult = { readonly ok: true; readonly ops: readonly Op[] } | ExpressionFault;

/**
 * Reads an expression (docs/guides/expressions.md): `latency<=100 && region=eu` becomes the `ops` of a query, all of
 * which must hold. Empty text is no ops, which matches everyone. Never throws; takes time in proportion to the text.
 */
export function parseExpression(text: string): ExpressionResult {
  return language.parseExpression(text);
}

/**
 * The inverse of `parseExpression`: text that reads as the same ops. Numbers come back in their one form: whole ones
 * beyond ±(2^53−1) as `bigint`, others as `number`, and −0 as 0.
 * @throws `client/invalid-query` for ops that the query language does not have, in their full form (`{path, op, to}`
 * and `{op, with}`), and for more than an expression may hold
 */
export function formatExpression(ops: readonly Op[]): string {
  return orRefuse(() => language.formatExpression(ops));
}

/**
 * A fault for people to read: its message, the line of the expression, cut to fit a terminal, and a caret under the
 * place. Whatever a terminal could take for a command is shown as `·`.
 */
export function formatExpressionError(text: string, fault: Omit<ExpressionFault, "ok">): string {
  return language.formatExpressionError(text, fault);
}

/**
 * Reads the `application` of a query as it is written on a command line: `api` is an application, `#edge,#asia` all
 * clients with both tags, `*` everyone. A backslash takes the meaning from `#`, `*`, `,` and itself: `\#odd` is the
 * application "#odd", `#a\,b` the tag "a,b".
 * @returns an application id, tags, or `undefined` for everyone
 * @throws `client/invalid-query`
 */
export function parseApplication(text: string): string | readonly string[] | undefined {
  return orRefuse(() => language.parseApplication(text));
}

/**
 * The inverse of {@link parseApplication}. No tags at all ask for nothing, so they are everyone as well.
 * @throws `client/invalid-query` for the empty id, which no application has
 */
export function formatApplication(application: string | readonly string[] | undefined): string {
  return orRefuse(() => language.formatApplication(application));
}

/** Names a refusal of the language as an error of this package. */
function orRefuse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof language.ExpressionError)) throw error;
    throw new SingyeongError("client/invalid-query", error.message, { cause: error });
  }
}
