import { setImmediate as breathe } from "node:timers/promises";
import type { Environment } from "./environment.ts";
import { isRecordOf, readBody } from "./records.ts";
import { damagedStore } from "./store-faults.ts";

/** Reads at a stretch, before the event loop gets its turn. */
const stretchMs = 2;
/** Where a stretch got through fewer messages, they come from the disk: a thread fetches what is next. */
const slowReads = 100;
const fetchedAhead = 200;

/**
 * Bodies of messages in the order asked, `null` where one is gone.
 *
 * @throws StoreError `damaged`
 */
export async function readBodies(
  folder: string,
  environment: () => Environment,
  seqs: readonly number[],
): Promise<readonly (Uint8Array | null)[]> {
  const bodies: (Uint8Array | null)[] = [];
  let sinceMs = performance.now();
  let begun = 0;
  for (const seq of seqs) {
    bodies.push(readOne(folder, environment(), seq));
    if (performance.now() - sinceMs < stretchMs) continue;
    const isSlow = bodies.length - begun < slowReads;
    begun = bodies.length;
    if (isSlow) await environment().messages.prefetch(seqs.slice(begun, begun + fetchedAhead));
    else await breathe();
    sinceMs = performance.now();
  }
  return bodies;
}

function readOne(folder: string, { messages }: Environment, seq: number): Uint8Array | null {
  const value = messages.getBinary(seq);
  if (value === undefined) return null;
  const record = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (!isRecordOf(seq, record)) throw damagedStore(folder, `message ${seq} is not what was written`);
  return readBody(record);
}
