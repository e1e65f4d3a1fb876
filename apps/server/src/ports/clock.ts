/** Time. Everything that waits or reads the time does it through this port, so tests step it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, a whole number. */
  now(): number;
  /** Runs `task` once, `delayMs` from now; returns how to call it off. */
  after(delayMs: number, task: () => void): () => void;
}
