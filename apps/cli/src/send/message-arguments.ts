import type { Query } from "@singyeong/client";
import { parseExpression } from "@singyeong/client/expression";
import { misuse } from "../failure.ts";
import { type PayloadSource, readPayloadArgument } from "../input/payloads.ts";
import type { System } from "../system.ts";
import { countTargetArguments, readTarget } from "../target/target.ts";
import type { TargetOptions } from "../target/target-options.ts";

export interface MessageArguments {
  readonly target: Query;
  readonly source: PayloadSource;
  /** Whether standard input is meant because nothing else was said: then it should hold something. */
  readonly implied: boolean;
}

/**
 * Tells target and payload apart in `APP [EXPRESSION] [PAYLOAD]`: the last argument is the payload, unless the target
 * is all there is and something is piped in. `example` is for who gets it wrong.
 */
export function readMessageArguments(
  args: readonly string[],
  options: TargetOptions & { readonly text: boolean },
  stdin: System["stdin"],
  example = "sg send api '{\"hi\":1}'",
): MessageArguments {
  const { least, most } = countTargetArguments(options);
  if (args.length < least) throw misuse("an application is missing", `As in: ${example}; * is every one.`);
  if (args.length > most + 1)
    throw misuse(`"${args[most + 1]}" is one argument too many`, "Quote what belongs together.");
  if (args.length === least) {
    if (stdin.isTTY === true) throw misuse("the payload is missing", "Give it as JSON, as @file, or pipe it in.");
    return { target: readTarget(args, options), source: { type: "stdin" }, implied: true };
  }
  const payload = args.at(-1)!;
  if (!options.text && args.length <= most && readsLikeExpression(payload))
    throw misuse(
      `the payload is missing behind the expression ${payload}`,
      "Give it as JSON, as @file, or - to read it from standard input.",
    );
  const target = readTarget(args.slice(0, -1), options);
  return { target, source: readPayloadArgument(payload), implied: false };
}

/** Whether what stands in the payload's place can only be meant as an expression. */
function readsLikeExpression(text: string): boolean {
  if (/^(["[{@-]|[\s\d])/.test(text)) return false;
  const parsed = parseExpression(text);
  return parsed.ok && parsed.ops.length > 0;
}
