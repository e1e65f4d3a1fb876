import type { Query } from "@singyeong/client";
import { misuse } from "../failure.ts";
import { type PayloadSource, readPayloadArgument } from "../input/payloads.ts";
import { countTargetArguments, readTarget } from "../target/target.ts";
import type { TargetOptions } from "../target/target-options.ts";

export interface CallArguments {
  readonly target: Query;
  readonly method: string;
  /** `null` where no input is named. */
  readonly source: PayloadSource | null;
}

/** What expressions have and names of methods have not. */
const expressionMark = /[\s=<>!&|()]/;

/**
 * Tells target, method and input apart in `APP [EXPRESSION] METHOD [INPUT]`: where it might be either, what holds a space or one of
 * `= < > ! & | ( )` is an expression.
 */
export function readCallArguments(args: readonly string[], options: Partial<TargetOptions>): CallArguments {
  const { least, most } = countTargetArguments(options);
  if (args.length < least) throw misuse("an application is missing", `${example}; * is every one.`);
  const mayHaveExpression = most > least && args.length > least;
  const hasExpression = mayHaveExpression && (args.length > most + 1 || expressionMark.test(args[least]!));
  const methodAt = hasExpression ? most : least;
  const [method, input, excess] = args.slice(methodAt);
  if (method === undefined)
    throw misuse(`the method is missing${hasExpression ? ` behind the expression ${args[least]}` : ""}`, example);
  if (excess !== undefined) throw misuse(`"${excess}" is one argument too many`, "Quote what belongs together.");
  return {
    target: readTarget(args.slice(0, methodAt), options),
    method,
    source: input === undefined ? null : readPayloadArgument(input),
  };
}

const example = "As in: sg call math add '[1,2]'";
