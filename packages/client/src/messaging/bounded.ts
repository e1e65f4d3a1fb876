import type { SingyeongError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import { aborted, notInTime, quiet, refused } from "./quiet.ts";

/** How long somebody waits. */
export interface Bounds {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A promise of what `begin` settles, unless its time is up or its signal is aborted first: then it rejects, and
 * `withdraw` is told.
 */
export function bounded<T>(
  platform: Platform,
  { timeoutMs, signal }: Bounds,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  withdraw: () => void,
): Promise<T> {
  if (signal?.aborted) return refused(aborted(signal));
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const settled = (): void => {
    cancel();
    signal?.removeEventListener("abort", abort);
  };
  const giveUp = (error: SingyeongError): void => {
    settled();
    reject(error);
    withdraw();
  };
  const abort = (): void => giveUp(aborted(signal!));
  const cancel = platform.after(timeoutMs, () => giveUp(notInTime(timeoutMs)));
  signal?.addEventListener("abort", abort, { once: true });
  begin(
    (value) => {
      settled();
      resolve(value);
    },
    (error) => {
      settled();
      reject(error);
    },
  );
  return quiet(promise);
}
