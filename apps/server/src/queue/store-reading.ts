import { StoreError } from "../kernel/store-error.ts";
import type { QueueStore } from "../ports/queue-store.ts";

/** How long a store that failed, writing or reading, is left alone. */
export const storePauseMs = 1000;

/** What the store has of a message: `body` is null where it is gone, and where `fault` says that it is damaged. */
export interface ReadBody {
  readonly body: Uint8Array | null;
  readonly fault: StoreError | null;
}

/** Reads bodies, in the order asked; one that is damaged does not hold the others back. @throws StoreError `io` */
export async function readBodies(
  store: Pick<QueueStore, "read">,
  seqs: readonly number[],
): Promise<readonly ReadBody[]> {
  try {
    const bodies = await store.read(seqs);
    return bodies.map((body) => ({ body, fault: null }));
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault !== "damaged") throw error;
    if (seqs.length === 1) return [{ body: null, fault: error }];
    const bodies: ReadBody[] = [];
    for (const seq of seqs) bodies.push(...(await readBodies(store, [seq])));
    return bodies;
  }
}
