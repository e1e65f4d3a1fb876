/** How long a measurement waits: it is over when nothing has arrived for too long, something failed, or Ctrl-C came. */
export interface Patience {
  readonly over: boolean;
  /** When something last arrived, by `performance.now`. */
  readonly renewedAtMs: number;
  renew(): void;
  /** Something failed, which `end` throws. */
  readonly fail: (error: unknown) => void;
  /** Stops watching. @throws the first failure */
  end(): void;
}

/** Steps in which it looks whether too much time has passed. */
const lookEveryMs = 50;

/** `onOver` is called once, when it is over. */
export function createPatience(
  { stallMs, signal }: { readonly stallMs: number; readonly signal: AbortSignal },
  onOver: () => void,
): Patience {
  let over = signal.aborted;
  let renewedAtMs = performance.now();
  let failure: { readonly error: unknown } | null = null;

  function stop(): void {
    if (over) return;
    over = true;
    onOver();
  }

  const timer = setInterval(() => {
    if (performance.now() - renewedAtMs > stallMs) stop();
  }, lookEveryMs);
  signal.addEventListener("abort", stop, { once: true });

  return {
    get over() {
      return over;
    },
    get renewedAtMs() {
      return renewedAtMs;
    },
    renew() {
      renewedAtMs = performance.now();
    },
    fail(error) {
      failure ??= { error };
      stop();
    },
    end() {
      clearInterval(timer);
      signal.removeEventListener("abort", stop);
      if (failure !== null) throw failure.error;
    },
  };
}
