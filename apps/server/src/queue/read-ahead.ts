import type { Book } from "./machine/book.ts";
import { firstPriority } from "./machine/lane.ts";
import type { MessageRef } from "./machine/message-table.ts";

/** Messages fetched beside one that is wanted, and their bytes: one look into the store for many is much cheaper than each its own. */
const maxAhead = 64;
const maxAheadBytes = 256 * 1024;

/** The messages that will be wanted next, if what is wanted now comes from the front of its lane. */
export function listAhead<C>({ table, laneOf, refer }: Book<C>, slot: number): MessageRef[] {
  const lane = laneOf(slot);
  const ahead: MessageRef[] = [];
  if (lane.openAt === -1) return ahead;
  let bytes = 0;
  for (let next = lane.lists[firstPriority(lane)]!.head; next !== -1; next = table.next.get(next)) {
    bytes += table.bytes.get(next);
    if (ahead.length === maxAhead || bytes > maxAheadBytes) break;
    ahead.push(refer(next));
  }
  return ahead;
}
