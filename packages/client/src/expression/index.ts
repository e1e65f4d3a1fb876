export { formatApplication, parseApplication } from "./application.ts";
export type { ExpressionFault } from "./fault.ts";
export { formatExpression } from "./format-expression.ts";
export { formatExpressionError } from "./format-fault.ts";
export { type ExpressionResult, parseExpression } from "./parse-expression.ts";
