/** What the client needs from its runtime beside sockets; tests put their own in its place. */
export interface Platform {
  /** Milliseconds that only ever grow, from any origin. */
  elapsedMs(): number;
  /** Calls back once after `delayMs`; the answer takes it back. */
  after(delayMs: number, run: () => void): CancelTimer;
  /** Calls back as soon as the running code has returned. */
  soon(run: () => void): void;
  /** Uniform in [0, 1). */
  random(): number;
  /** Text of 16 letters and digits that nobody guesses. */
  token(): string;
}

/** Takes a timer back; harmless afterwards. */
export type CancelTimer = () => void;
