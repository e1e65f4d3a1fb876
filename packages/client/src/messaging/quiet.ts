import { SingyeongError } from "../errors.ts";

const ignore = (): void => {};

/** Marks a promise as looked after: nobody has to await it, and its failure is never unhandled. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

/** A promise that has failed, and that nobody has to await. */
export function refused<T>(error: unknown): Promise<T> {
  return quiet(Promise.reject<T>(error));
}

/** Runs something; what it throws is what is rejected with. */
export function attempt<R>(run: () => R): R | Promise<never> {
  try {
    return run();
  } catch (error) {
    return refused(error);
  }
}

/** What a call rejects with when its signal is aborted; one of `AbortSignal.timeout` means a time limit. */
export function aborted({ reason }: AbortSignal): SingyeongError {
  const late = (reason as { name?: unknown } | null)?.name === "TimeoutError";
  return new SingyeongError(late ? "client/timeout" : "client/aborted", "by the signal", { cause: reason });
}

/** What a call rejects with whose time is over. */
export function notInTime(timeoutMs: number): SingyeongError {
  return new SingyeongError("client/timeout", `not done within ${timeoutMs} ms`);
}
