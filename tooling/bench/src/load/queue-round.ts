/** One saturated round of messages that are pushed, confirmed, delivered and acknowledged. */
export interface QueueRound {
  readonly messages: number;
  /** Messages at most that are pushed and not yet both confirmed and matched by an acknowledgement. */
  readonly window: number;
  /** What all consumers together ask for ahead. */
  readonly prefetch: number;
}

/** A queue, its producer and its consumers. */
export interface QueueRoute {
  /** Runs a round; resolves with the seconds that it took, when everything is confirmed, delivered and acknowledged. */
  run(round: QueueRound): Promise<number>;
  /** Fails unless nothing comes again of what was acknowledged; closes the route. */
  close(): Promise<void>;
}

/** How far a round is. */
export interface Progress {
  sent: number;
  confirmed: number;
  acked: number;
}

/** Messages in one write, unless fewer are left. */
const writeAtLeast = 50;
/** A round that takes longer does not end. */
const stallTimeoutMs = 60_000;

/** How many messages may be pushed now: 0 until a write is worth it. */
export function pushable({ sent, confirmed, acked }: Progress, { messages, window }: QueueRound): number {
  const left = messages - sent;
  const room = Math.min(left, window - (sent - Math.min(confirmed, acked)));
  return room >= writeAtLeast || room === left ? room : 0;
}

/**
 * Runs a round: `start` begins it and is given `settle`, to be called whenever something was confirmed or acknowledged.
 * Rejects where it does not end.
 */
export function runRound(
  { messages }: QueueRound,
  start: (progress: Progress, settle: () => void) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const progress: Progress = { sent: 0, confirmed: 0, acked: 0 };
    const stall = (): void => reject(new Error(`stalled: ${JSON.stringify(progress)} of ${messages}`));
    const timer = setTimeout(stall, stallTimeoutMs);
    const started = performance.now();
    start(progress, () => {
      if (progress.confirmed < messages || progress.acked < messages) return;
      clearTimeout(timer);
      resolve((performance.now() - started) / 1000);
    });
  });
}
