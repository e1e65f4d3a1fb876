export {
  type ExpressionFault,
  type ExpressionResult,
  formatApplication,
  formatExpression,
  formatExpressionError,
  parseApplication,
  parseExpression,
} from "./expression.ts";
