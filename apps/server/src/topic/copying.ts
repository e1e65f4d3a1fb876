import { defaultPriority } from "@singyeong/protocol";
import type { Engine } from "../queue/engine.ts";
import type { Incoming } from "../queue/intake.ts";
import type { LaneTerms } from "../queue/machine/lane.ts";
import type { QueueRefusal } from "../queue/queues.ts";
import type { Group } from "./groups.ts";

/** What is the same for all groups' copies of a message. */
export interface Original {
  readonly target: string;
  readonly terms: LaneTerms;
  readonly body: Uint8Array;
  readonly publishedMs: number;
}

/** Makes copies of messages for groups, of which nothing is stored yet. */
export interface Copying {
  /** A copy for each group, or for none: then what refuses it, naming the group. `turn` is its place; by its number where null. */
  copy(original: Original, groups: Iterable<Group>, turn: number | null): Incoming[] | QueueRefusal;
  /** Copies come to nothing. */
  discard(copies: readonly Incoming[]): void;
}

export function createCopying({ book, intake, nextNumber }: Engine, maxAttempts: number): Copying {
  function discard(copies: readonly Incoming[]): void {
    for (const { lane } of copies) book.leaveLane(lane);
  }

  return {
    discard,
    copy({ target, terms, body, publishedMs }, groups, turn) {
      const copies: Incoming[] = [];
      const bytes = body.byteLength + target.length;
      for (const { queue, name } of groups) {
        const lane = intake.takeLane(queue, target, () => terms);
        const refusal = "target" in lane ? intake.refuseMessage(queue, bytes) : lane;
        if (refusal !== null) {
          if ("target" in lane) book.leaveLane(lane);
          discard(copies);
          return { ...refusal, extraInfo: { ...(refusal.extraInfo as object), group: name } };
        }
        if (!("target" in lane)) continue;
        const seq = nextNumber();
        copies.push({
          seq,
          turn: turn ?? seq,
          lane,
          priority: defaultPriority,
          maxAttempts,
          pushedMs: publishedMs,
          readyMs: 0,
          expiresMs: 0,
          bytes,
          body,
          identity: null,
        });
      }
      return copies;
    },
  };
}
