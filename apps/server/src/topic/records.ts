/** What topics store beside messages: records under queue names of their own, with nothing in their bodies that recovery needs. */
import { isMap } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import { StoreError } from "../kernel/store-error.ts";
import type { RecoveredMessage, Standing } from "../ports/queue-store.ts";
import type { StoredAppend } from "../queue/journal.ts";
import { parseTopicTarget, patternsQueue, retainedQueue } from "../queue/topic-lane.ts";
import { type Pattern, parsePattern } from "./pattern.ts";
import type { Retained } from "./retention.ts";

const empty = new Uint8Array(0);

/** A message that is kept for groups to come. */
export function retainedRecord(seq: number, target: string, publishedMs: number, body: Uint8Array): StoredAppend {
  return record(seq, retainedQueue, target, publishedMs, body);
}

export function readRetained({ seq, target, pushedMs, bodyBytes }: RecoveredMessage): Retained {
  const { topic } = parseTopicTarget(target);
  return { seq, topic, target, publishedMs: pushedMs, bytes: bodyBytes + target.length, body: null };
}

/** What a group's pattern is known by after a restart. */
export interface PatternRecord {
  readonly group: string;
  readonly pattern: Pattern;
  /** From which number on the group has had what matches it. */
  readonly since: number;
}

export function patternRecord(seq: number, { group, pattern, since }: PatternRecord): StoredAppend {
  const target = JSON.stringify({ group, pattern: pattern.text, since });
  return record(seq, patternsQueue, target, 0, empty);
}

/** How a pattern's record stands: `lastHadMs` is when somebody last had it, null where somebody does. */
export function patternStanding(seq: number, lastHadMs: number | null): Standing {
  const state = lastHadMs === null ? "ready" : "delayed";
  return { state, attempt: 0, turn: seq, dueMs: lastHadMs ?? 0, expiresMs: 0, cause: null };
}

/** @throws StoreError `format` */
export function readPattern({
  target,
  standing,
}: RecoveredMessage): PatternRecord & { readonly lastHadMs: number | null } {
  const value = jsonCodec.decode(target);
  const pattern = isMap(value) && typeof value.pattern === "string" ? parsePattern(value.pattern) : null;
  if (!isMap(value) || pattern === null || typeof value.group !== "string" || typeof value.since !== "number") {
    throw new StoreError("format", `a stored pattern of a group is none: ${target.slice(0, 200)}`);
  }
  const lastHadMs = standing.state === "ready" ? null : standing.dueMs;
  return { group: value.group, pattern, since: value.since, lastHadMs };
}

function record(seq: number, queue: string, target: string, pushedMs: number, body: Uint8Array): StoredAppend {
  return {
    message: { seq, queue, target, priority: 0, maxAttempts: 1, pushedMs, identity: null, body },
    standing: patternStanding(seq, null),
  };
}
