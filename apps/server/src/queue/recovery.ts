import { jsonCodec } from "@singyeong/protocol/codec";
import { StoreError } from "../kernel/store-error.ts";
import type { QueueStore, RecoveredMessage } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import type { Router } from "../router/router.ts";
import type { Identities } from "./identities.ts";
import type { Book } from "./machine/book.ts";
import type { Machine } from "./machine/machine.ts";
import type { RecoveryReport } from "./queues.ts";

export interface RecoveryOptions {
  readonly store: QueueStore;
  readonly book: Book<Client>;
  readonly machine: Machine<Client>;
  readonly identities: Identities;
  readonly router: Router;
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
  const known = queue.lanes.has(message.target);
  const compiled = known ? null : router.compile(jsonCodec, message.target);
  if (compiled !== null && !compiled.ok) {
    throw new StoreError("format", `a stored message has a target that is no query any more: ${compiled.message}`);
  }
  const lane = book.lane(queue, message.target, compiled?.query ?? null);
  const bytes = message.bodyBytes + message.target.length;
  queue.bytes += bytes;
  machine.restore({ ...message, lane, expiresMs: message.standing.expiresMs, bytes }, message.standing);
}
