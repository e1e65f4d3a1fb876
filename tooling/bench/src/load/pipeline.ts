import { guardStall, type Route } from "./route.ts";

export interface PipelineOptions {
  /** Messages to send; a multiple of what one write holds. */
  readonly messages: number;
  /** Messages under way at most, over all senders. */
  readonly window: number;
}

/**
 * Sends as fast as answers come in, the senders taking turns, with a bounded number of messages under way. Resolves
 * with the seconds that it took, when every message has arrived where it belongs.
 */
export function runPipeline(route: Route, { messages, window }: PipelineOptions): Promise<number> {
  const { senders, receivers, traffic } = route;
  const { batches, framesPerBatch } = traffic;
  const copies = route.fansOut ? receivers.length : 1;
  const expected = messages * copies;
  const before = receivers.map(({ meter }) => meter.frames);
  return new Promise((resolve, reject) => {
    let sent = 0;
    let arrived = 0;
    let batch = 0;
    const guard = guardStall(route, () => `${arrived} of ${expected}`, reject);
    const started = performance.now();

    function pump(): void {
      while (sent < messages && sent + framesPerBatch - arrived / copies <= window) {
        senders[batch % senders.length]!.socket.write(batches[batch % batches.length]!);
        batch++;
        sent += framesPerBatch;
      }
    }

    function onFrames(count: number): void {
      arrived += count;
      if (arrived < expected) return pump();
      guard.done();
      const stray = strayReceiver(route, before, expected / receivers.length);
      if (stray === null) resolve((performance.now() - started) / 1000);
      else reject(new Error(stray));
    }

    for (const receiver of receivers) receiver.onFrames = onFrames;
    pump();
  });
}

/** Names a receiver that did not get its share; `null` where all did. */
function strayReceiver({ receivers }: Route, before: readonly number[], share: number): string | null {
  const place = receivers.findIndex(({ meter }, i) => meter.frames - before[i]! !== share);
  if (place < 0) return null;
  return `receiver ${place} got ${receivers[place]!.meter.frames - before[place]!} messages instead of ${share}`;
}
