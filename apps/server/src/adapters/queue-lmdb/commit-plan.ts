import { setImmediate as breathe } from "node:timers/promises";
import type { Change } from "../../ports/queue-store.ts";
import type { Environment } from "./environment.ts";
import { numberNames } from "./format.ts";
import { namedNumber, nameOnly, type Page, writeIdentity, writeMessage, writeStanding } from "./records.ts";
import type { SeqSet } from "./seq-set.ts";

/** A commit's changes, written out so that nothing can fail half way when they are handed to LMDB. */
export interface CommitPlan {
  /** Hands all changes to LMDB, within a batch. */
  apply(environment: Environment): void;
  /** The greatest seq that is stored with it. */
  readonly lastSeq: number;
}

export interface CommitPlanner {
  /** Writes records out to memory that belongs to the next commit again: one plan at a time. */
  plan(changes: readonly Change[], recordBytes: number, lastSeq: number): Promise<CommitPlan>;
  /** A plan that was applied came to nothing. */
  undo(changes: readonly Change[]): void;
}

/** Memory for records is kept from commit to commit unless it is larger than this. */
const keptBytes = 4 * 1024 * 1024;
const leastBytes = 65_536;
/** Work at a stretch, before the event loop gets its turn, and how many changes pass between looks at the clock. */
const stretchMs = 2;
const lookEvery = 64;

/** `moved` are the messages that have a record of their standing. */
export function createCommitPlanner(moved: SeqSet): CommitPlanner {
  let kept: Page | null = null;

  function memory(recordBytes: number): Page {
    if (kept !== null && kept.bytes.byteLength >= recordBytes) return kept;
    const bytes = Buffer.allocUnsafeSlow(Math.max(recordBytes, leastBytes));
    const page = { bytes, view: new DataView(bytes.buffer) };
    if (recordBytes <= keptBytes) kept = page;
    return page;
  }

  async function plan(changes: readonly Change[], recordBytes: number, lastSeq: number): Promise<CommitPlan> {
    const page = memory(recordBytes);
    /** Where records end, in the order in which they were written. */
    const ends: number[] = [];
    let at = 0;
    let greatest = lastSeq;
    let sinceMs = performance.now();
    for (let index = 0; index < changes.length; index++) {
      const change = changes[index]!;
      if (change.kind === "move") {
        at = writeStanding(page, at, change.seq, change.standing);
        ends.push(at);
      } else if (change.kind === "append") {
        const { seq, queue, identity } = change.message;
        at = writeMessage(page, at, change.message, change.standing);
        ends.push(at);
        if (identity !== null) {
          at = writeIdentity(page, at, seq, queue, identity.id, identity.untilMs);
          ends.push(at);
        }
        if (seq > greatest) greatest = seq;
      }
      if (index % lookEvery === 0 && performance.now() - sinceMs > stretchMs) {
        await breathe();
        sinceMs = performance.now();
      }
    }
    return {
      lastSeq: greatest,
      apply(environment) {
        applyChanges(environment, changes, page, ends);
        if (greatest > lastSeq)
          void environment.root.put(Buffer.from(numberNames.lastSeq), namedNumber(numberNames.lastSeq, greatest));
      },
    };
  }

  function applyChanges(
    { messages, standings, identities, paused }: Environment,
    changes: readonly Change[],
    { bytes }: Page,
    ends: readonly number[],
  ): void {
    let index = 0;
    let start = 0;
    const next = (): Uint8Array => {
      const end = ends[index++]!;
      const record = new Uint8Array(bytes.buffer, start, end - start);
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
          const record = nameOnly(change.queue);
          if (change.paused) void paused.put(record.subarray(4), record);
          else void paused.remove(record.subarray(4));
        }
      }
    }
  }

  return {
    plan,
    // A record that is removed though there is none does no harm; one that is left behind would.
    undo(changes) {
      for (const change of changes) if (change.kind === "remove") moved.add(change.seq);
    },
  };
}
