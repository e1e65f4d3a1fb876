import type { QueueStore, RecoveredMessage } from "../ports/queue-store.ts";
import type { Router } from "../router/router.ts";
import type { Identities } from "./identities.ts";
import type { Book } from "./machine/book.ts";
import type { Machine } from "./machine/machine.ts";
import type { RecoveryReport } from "./queues.ts";
import type { Taker } from "./taker.ts";
import { isRecordQueue, readTerms } from "./topic-lane.ts";

export interface RecoveryOptions {
  readonly store: QueueStore;
  readonly book: Book<Taker>;
  readonly machine: Machine<Taker>;
  readonly identities: Identities;
  readonly router: Router;
  /** Told of records that are no messages. */
  readonly adopt: (record: RecoveredMessage) => void;
}

/**
 * Reads back what the store holds: messages where they stood, those that were leased as ready, ids and pauses.
 * @throws StoreError
 */
export async function recover(options: RecoveryOptions): Promise<RecoveryReport & { readonly greatestTurn: number }> {
  const { store, book, machine, identities } = options;
  const counts = { ready: 0, leased: 0, delayed: 0, dead: 0 };
  let greatestTurn = store.lastSeq();
  for await (const page of store.recover()) {
    for (const found of page) {
      if (found.kind === "paused") book.queue(found.queue).paused = true;
      else if (found.kind === "identity") identities.add({ ...found, refusal: null });
      else if (isRecordQueue(found.message.queue)) options.adopt(found.message);
      else {
        restore(options, found.message);
        counts[found.message.standing.state]++;
        greatestTurn = Math.max(greatestTurn, found.message.standing.turn);
      }
    }
  }
  machine.restored();
  return { ...counts, queues: book.queues.size, identities: identities.size, greatestTurn };
}

function restore({ book, machine, router }: RecoveryOptions, message: RecoveredMessage): void {
  const queue = book.queue(message.queue);
  const isKnown = queue.lanes.has(message.target);
  const lane = book.lane(queue, message.target, isKnown ? null : readTerms(message.queue, message.target, router));
  const bytes = message.bodyBytes + message.target.length;
  queue.bytes += bytes;
  const { turn, expiresMs } = message.standing;
  machine.restore({ ...message, lane, turn, expiresMs, bytes }, message.standing);
}
