/** Time. Everything that waits or reads the time does it through this port, so tests step it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, a whole number: to show, not to measure with, for it may be set. */
  now(): number;
  /** Milliseconds since some moment in the past, which only ever grow: for deadlines. */
  elapsed(): number;
  /** Runs `task` once, `delayMs` from now; returns how to call it off. */
  after(delayMs: number, task: () => void): () => void;
}
