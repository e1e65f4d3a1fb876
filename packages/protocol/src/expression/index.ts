export { formatApplication, parseApplication } from "./application.ts";
export { ExpressionError } from "./expression-error.ts";
export type { ExpressionFault } from "./fault.ts";
export { formatExpression } from "./format-expression.ts";
export { formatExpressionError } from "./format-fault.ts";
export type { Comparison, ComparisonOp, Logic, LogicOp, Op } from "./op.ts";
export { type ExpressionResult, parseExpression } from "./parse-expression.ts";
