import type { Client } from "@singyeong/client";
import { Failure } from "../failure.ts";
import { formatJson } from "../output/json.ts";
import { explainLoss } from "../send/sender.ts";

/** What a call failed with. Codes that only the other side knows the meaning of are shown, and the data with them. */
export function explainCall(error: unknown, client: Client): Failure {
  const failure = explainLoss(error, client);
  const { outcome, code, message, advice, details } = failure;
  if (outcome !== "failed" || /^(cli|client)\//.test(code)) return failure;
  const data = details === undefined ? "" : `, data ${formatJson(details)}`;
  const lines = [...(advice === undefined ? [] : [advice]), `Code ${code}${data}`];
  return new Failure(outcome, code, message || "the call failed", { advice: lines.join("\n"), details, cause: error });
}
