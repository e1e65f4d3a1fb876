import type { Query } from "@singyeong/client";
import { misuse } from "../failure.ts";
import { type PayloadSource, readPayloadArgument } from "../input/payloads.ts";
import { parseJson } from "../output/json.ts";
import { countTargetArguments, readTarget } from "../target/target.ts";
import type { TargetOptions } from "../target/target-options.ts";

export interface TraceArguments {
  readonly target: Query;
  /** `null` where none is given. */
  readonly source: PayloadSource | null;
}

/**
 * Tells target and payload apart in `APP [EXPRESSION] [PAYLOAD]`: where the last argument might be either, what is JSON, @file or - is
 * the payload.
 */
export function readTraceArguments(
  args: readonly string[],
  options: Partial<TargetOptions>,
  isText: boolean,
): TraceArguments {
  const { least, most } = countTargetArguments(options);
  if (args.length > most + 1)
    throw misuse(`"${args[most + 1]}" is one argument too many`, "Quote what belongs together.");
  const last = args.length > least ? args.at(-1)! : undefined;
  const isPayload = last !== undefined && (args.length > most || (!isText && readsLikePayload(last)));
  return {
    target: readTarget(isPayload ? args.slice(0, -1) : args, options),
    source: isPayload ? readPayloadArgument(last) : null,
  };
}

function readsLikePayload(text: string): boolean {
  if (text === "-" || text.startsWith("@")) return true;
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}
