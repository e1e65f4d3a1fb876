import { SingyeongError, type SingyeongErrorOptions } from "../errors.ts";
import { describeFailure } from "../session/answers.ts";

/** Errors that calls of this client's own ended with: what they say of delivery is not about a call that came in. */
const ours = new WeakSet<object>();

/** The error of a call. */
export function callFailure(
  code: string,
  message: string,
  delivered: boolean,
  options?: SingyeongErrorOptions,
): SingyeongError {
  const error = new SingyeongError(code, message, { ...options, delivered });
  ours.add(error);
  return error;
}

/** The error of a call that failed here for a reason that is no call's: lost, closed, never sent. */
export function failureOf(
  { code, message, retry, details, cause }: SingyeongError,
  delivered: boolean,
): SingyeongError {
  return callFailure(code, message, delivered, { retry, details, cause });
}

/** The same, of a call that may have been carried out before. */
export function asDelivered(error: SingyeongError): SingyeongError {
  const { code, message, retry, details, cause, data } = error;
  return error.delivered === false ? callFailure(code, message, true, { retry, details, cause, data }) : error;
}

/** The error of a call whose input threw, or had something in it that cannot be sent. */
export function inputFailure(thrown: unknown, delivered: boolean): SingyeongError {
  if (thrown instanceof SingyeongError) return failureOf(thrown, delivered);
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return callFailure("client/input-failed", `the input threw: ${said}`, delivered, { cause: thrown });
}

/** What ABORT says. */
export interface AbortBody {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
  readonly delivered?: false | undefined;
}

/** Codes of what the server refuses for what it is, or for who sends it. */
const refusals = /^(auth|dispatch|limit|query)\//;

export function readAbort({ code, message, data, delivered }: Readonly<Record<string, unknown>>): SingyeongError {
  const text = typeof message === "string" ? message : "no reason given";
  const name = typeof code === "string" ? code : "stream/failed";
  if (delivered === false && refusals.test(name)) {
    // The server's reason stands beside, as it does where it refuses what is sent.
    return callFailure(name, describeFailure(text, data), false, { data, details: data });
  }
  return callFailure(name, name === "route/no-match" ? "no client matches" : text, delivered !== false, { data });
}

/** How an abort that came is passed on. */
export function passAbort({ code, message, data, delivered }: SingyeongError): AbortBody {
  return { code, message, data, ...(delivered === false && { delivered }) };
}

/** What a handler threw, as its caller is told ([ST-19]). */
export function formatThrown(thrown: unknown): AbortBody {
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  const isError = thrown instanceof SingyeongError;
  const refuses = isError && thrown.delivered === false && !ours.has(thrown);
  return {
    code: typeof code === "string" && fits(code) ? code : "stream/failed",
    message: typeof message === "string" ? message : String(thrown),
    ...(isError && thrown.data !== undefined && { data: thrown.data }),
    ...(refuses && { delivered: false as const }),
  };
}

/** Codes have 1 to 256 bytes. */
function fits(code: string): boolean {
  return code !== "" && code.length <= 256 && new TextEncoder().encode(code).length <= 256;
}
