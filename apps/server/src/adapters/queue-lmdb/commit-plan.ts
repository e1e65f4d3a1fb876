import type { Change } from "../../ports/queue-store.ts";
import type { Demand } from "./disk-share.ts";
import type { Environment } from "./environment.ts";
import { numberNames } from "./format.ts";
import {
  identityRoom,
  messageRoom,
  namedNumber,
  nameOnly,
  type Page,
  standingRoom,
  writeIdentity,
  writeMessage,
  writeStanding,
} from "./records.ts";
import type { SeqSet } from "./seq-set.ts";

/** A commit's changes, measured and written out, so that nothing can fail half way when they are handed to LMDB. */
export interface CommitPlan {
  /** Hands all changes to LMDB, within a batch. */
  apply(environment: Environment): void;
  /** The greatest seq that is stored with it. */
  readonly lastSeq: number;
}

/** Memory for records, kept from commit to commit unless it is larger than this. */
const keptBytes = 4 * 1024 * 1024;
/** A record of more bytes gets pages of its own. */
const inlineBytes = 1900;
/** What a tree adds to each record. */
const nodeBytes = 20;

/** What a commit takes of the disk at worst. */
export function demandOf(changes: readonly Change[], pageBytes: number): Demand {
  let leafBytes = 0;
  let inRuns = 0;
  let copied = 0;
  let appends = false;
  for (const change of changes) {
    if (change.kind !== "append") {
      copied += 2;
      continue;
    }
    appends = true;
    const { message } = change;
    const bytes = messageRoom(message);
    if (bytes > inlineBytes) inRuns += Math.ceil((bytes + nodeBytes) / pageBytes) + 1;
    leafBytes += nodeBytes + Math.min(bytes, inlineBytes);
    if (message.identity !== null) leafBytes += nodeBytes + identityRoom(message.queue, message.identity.id);
  }
  // Pages of the trees are at least half full.
  return { added: Math.ceil((leafBytes * 2) / pageBytes), inRuns, copied, appends };
}

export interface CommitPlanner {
  /** Writes records out to memory that belongs to the next commit again: one plan at a time. */
  plan(changes: readonly Change[], lastSeq: number): CommitPlan;
  /** A plan came to nothing. */
  undo(changes: readonly Change[]): void;
}

/** `moved` are the messages that have a record of their standing. */
export function createCommitPlanner(moved: SeqSet): CommitPlanner {
  let kept: Page | null = null;

  function memoryFor(changes: readonly Change[]): Page {
    let bytes = 0;
    for (const change of changes) {
      if (change.kind === "move") bytes += standingRoom;
      else if (change.kind === "append") {
        const { message } = change;
        bytes += messageRoom(message);
        if (message.identity !== null) bytes += identityRoom(message.queue, message.identity.id);
      }
    }
    if (kept !== null && kept.bytes.byteLength >= bytes) return kept;
    const memory = Buffer.allocUnsafeSlow(Math.max(bytes, 65_536));
    const page = { bytes: memory, view: new DataView(memory.buffer) };
    if (bytes <= keptBytes) kept = page;
    return page;
  }

  return {
    plan(changes, lastSeq) {
      const page = memoryFor(changes);
      /** Where records end, in the order in which they were written. */
      const ends: number[] = [];
      const written = (end: number): void => void ends.push(end);
      const at = (): number => ends.at(-1) ?? 0;
      let greatest = lastSeq;
      for (const change of changes) {
        if (change.kind === "move") written(writeStanding(page, at(), change.seq, change.standing));
        else if (change.kind === "append") {
          const { message } = change;
          const { seq, queue, identity } = message;
          written(writeMessage(page, at(), message, change.standing));
          if (identity !== null) written(writeIdentity(page, at(), seq, queue, identity.id, identity.untilMs));
          if (seq > greatest) greatest = seq;
        }
      }

      function apply({ root, messages, standings, identities, paused }: Environment): void {
        let index = 0;
        let start = 0;
        const next = (): Uint8Array => {
          const end = ends[index++]!;
          const record = new Uint8Array(page.bytes.buffer, start, end - start);
          start = end;
          return record;
        };
        for (const change of changes) {
          switch (change.kind) {
            case "append":
              void messages.put(change.message.seq, next());
              if (change.message.identity !== null) void identities.put(change.message.seq, next());
              break;
            case "move":
              void standings.put(change.seq, next());
              moved.add(change.seq);
              break;
            case "remove":
              void messages.remove(change.seq);
              if (moved.delete(change.seq)) void standings.remove(change.seq);
              break;
            case "forget":
              void identities.remove(change.seq);
              break;
            case "pause": {
              const name = nameOnly(change.queue);
              if (change.paused) void paused.put(name.subarray(4), name);
              else void paused.remove(name.subarray(4));
            }
          }
        }
        if (greatest > lastSeq)
          void root.put(Buffer.from(numberNames.lastSeq), namedNumber(numberNames.lastSeq, greatest));
      }

      return { apply, lastSeq: greatest };
    },
    // A record that is removed though there is none does no harm; one that is left behind would.
    undo(changes) {
      for (const change of changes) if (change.kind === "remove") moved.add(change.seq);
    },
  };
}
