import { type ErrorCode, errors } from "@singyeong/protocol";
import type { Metrics, Tally } from "../ports/metrics.ts";

/** One counter per error code, made up front so that counting is an addition. */
export type ErrorTallies = Readonly<Record<ErrorCode, Tally>>;

export function createErrorTallies(metrics: Metrics): ErrorTallies {
  const codes = Object.keys(errors) as ErrorCode[];
  const tally = (code: ErrorCode) => metrics.counter("singyeong_errors_total", "Errors answered, by code.", { code });
  return Object.fromEntries(codes.map((code) => [code, tally(code)])) as ErrorTallies;
}
