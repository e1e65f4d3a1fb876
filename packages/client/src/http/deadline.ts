import { SingyeongError } from "../errors.ts";
import { aborted } from "../messaging/quiet.ts";
import { systemPlatform } from "../platform/system.ts";
import type { HttpCallOptions } from "./http.ts";

const defaultTimeoutMs = 10_000;

/**
 * Runs something that a signal stops, with the caller's signal and time limit. Leaves no timer and no listener behind.
 * @throws `client/timeout`, `client/aborted`; `client/invalid-value` for a time that is none
 */
export async function withDeadline<T>(
  { signal, timeoutMs = defaultTimeoutMs }: HttpCallOptions,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!(timeoutMs >= 0))
    throw new SingyeongError("client/invalid-value", `timeoutMs is ${timeoutMs}, expected 0 or more`);
  if (signal?.aborted) throw aborted(signal);
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop);
  let isLate = false;
  const expire = (): void => {
    isLate = true;
    controller.abort();
  };
  const cancel = systemPlatform.after(timeoutMs, expire);
  try {
    return await run(controller.signal);
  } catch (error) {
    if (signal?.aborted) throw aborted(signal);
    if (isLate) throw new SingyeongError("client/timeout", `no answer within ${timeoutMs} ms`, { cause: error });
    throw error;
  } finally {
    cancel();
    signal?.removeEventListener("abort", stop);
  }
}
