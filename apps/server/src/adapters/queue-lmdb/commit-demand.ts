import type { Change } from "../../ports/queue-store.ts";
import type { Demand } from "./disk-share.ts";
import { identityRoom, messageRoom, standingRoom } from "./records.ts";

/** What a commit takes at most: of the disk, and of memory for its records. */
export interface CommitSize {
  readonly demand: Demand;
  readonly recordBytes: number;
}

/** A record of more bytes gets pages of its own. */
const inlineBytes = 1900;
/** What a tree adds to each record. */
const nodeBytes = 20;

export function sizeOfCommit(changes: readonly Change[], pageBytes: number): CommitSize {
  let recordBytes = 0;
  let leafBytes = 0;
  let inRuns = 0;
  let copied = 0;
  let appends = false;
  for (const change of changes) {
    if (change.kind !== "append") {
      // Of the messages and of their standings one page each.
      copied += 2;
      if (change.kind === "move") recordBytes += standingRoom;
      continue;
    }
    appends = true;
    const { queue, identity } = change.message;
    const bytes = messageRoom(change.message);
    const identityBytes = identity === null ? 0 : identityRoom(queue, identity.id);
    recordBytes += bytes + identityBytes;
    if (bytes > inlineBytes) inRuns += Math.ceil((bytes + nodeBytes) / pageBytes) + 1;
    leafBytes += nodeBytes + Math.min(bytes, inlineBytes) + (identity === null ? 0 : nodeBytes + identityBytes);
  }
  // Pages of the trees are at least half full.
  const added = Math.ceil((leafBytes * 2) / pageBytes);
  return { demand: { added, inRuns, copied, appends }, recordBytes };
}
