/** Gives up where nothing moves for a time. */
export interface Silence {
  readonly signal: AbortSignal;
  /** Something moved. */
  readonly broken: () => void;
  /** There is no limit any more. */
  readonly end: () => void;
}

export function createSilence(timeoutMs: number): Silence {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new DOMException(`nothing moved for ${timeoutMs} ms`, "TimeoutError"));
  const timer = setTimeout(expire, timeoutMs);
  return { signal: controller.signal, broken: () => void timer.refresh(), end: () => clearTimeout(timer) };
}
