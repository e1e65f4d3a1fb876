/** How long the engine takes to choose, in process. */
import type { Member, Query } from "@singyeong/query";
import { type Crowd, makeAttribute } from "../load/members.ts";
import { summarise } from "./stats.ts";

const updatesPerSecond = 10_000;

/** What choosing under updates came to. */
export interface UpdatedRound {
  /** Every choice by itself, in microseconds, ascending; the clock's own cost is in them. */
  readonly samples: Float64Array;
  readonly mean: number;
  readonly updateMean: number;
  /** How long choosing and updating took. */
  readonly totalMs: number;
}

/** Chooses without rest for a while or so often, and lets a member's latency change whenever the wall clock says that one is due. */
export function runUnderUpdates(
  { engine, members }: Crowd,
  queries: readonly Query[],
  durationMs: number,
  maxChoices: number,
): UpdatedRound {
  const samples = new Float64Array(Math.min(maxChoices, Math.ceil(durationMs * 10_000)));
  let count = 0;
  let updates = 0;
  let updating = 0;
  const started = performance.now();
  for (let now = started; now - started < durationMs && count < samples.length; ) {
    if (updates < ((now - started) * updatesPerSecond) / 1000) {
      updates++;
      engine.update(members[Math.floor(Math.random() * members.length)]!, createChange(), "merge");
      const updated = performance.now();
      updating += updated - now;
      now = updated;
    }
    const chosen = engine.chooseOne(queries[count % queries.length]!);
    const after = performance.now();
    if (chosen === null) throw new Error("a query found nobody");
    samples[count++] = (after - now) * 1000;
    now = after;
  }
  const taken = samples.slice(0, count).sort();
  return {
    samples: taken,
    mean: taken.reduce((sum, each) => sum + each, 0) / count,
    updateMean: (updating * 1000) / updates,
    totalMs: performance.now() - started,
  };
}

/** Stays at or above what the guild queries ask for, so that each still finds its member. */
function createChange() {
  return new Map([["latency", makeAttribute("integer", 20 + Math.floor(Math.random() * 480))]]);
}

/** Microseconds to choose uniformly by looking at every member with the query's own compiled tests. */
export function timeScan({ engine, members }: Crowd, queries: readonly Query[], scans: number): number {
  const times: number[] = [];
  for (let i = 0; i < scans; i++) {
    const query = queries[(i * 131) % queries.length]!;
    let chosen: Member | null = null;
    let found = 0;
    const started = performance.now();
    for (const member of members) {
      if (!engine.matches(query, member)) continue;
      found++;
      if (Math.random() * found < 1) chosen = member;
    }
    times.push((performance.now() - started) * 1000);
    if (chosen === null) throw new Error("a scan found nobody");
  }
  return summarise(times).median;
}
