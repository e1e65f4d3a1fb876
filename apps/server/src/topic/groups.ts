import type { Engine } from "../queue/engine.ts";
import { arrivalBytes } from "../queue/intake.ts";
import type { QueueState } from "../queue/machine/queue-state.ts";
import { type QueueRefusal, type Refused, refuse } from "../queue/queues.ts";
import { refuseQueue } from "../queue/refuse-queue.ts";
import type { Taker } from "../queue/taker.ts";
import { groupPrefix } from "../queue/topic-lane.ts";
import type { Pattern } from "./pattern.ts";
import { createPatternIndex } from "./pattern-index.ts";
import { type PatternRecord, patternRecord, patternStanding } from "./records.ts";
import type { Sweeping } from "./sweeping.ts";

/** Members that share messages, while there are patterns. */
export interface Group {
  readonly name: string;
  readonly queue: QueueState<Taker>;
  readonly patterns: Map<string, GroupPattern>;
}

/** One pattern of a group, which it keeps for a while when nobody has it any more. */
export interface GroupPattern {
  readonly group: Group;
  readonly pattern: Pattern;
  /** From which number on the group has had what matches it. */
  since: number;
  /** Number of its record; 0 before there is one. */
  seq: number;
  /** Subscriptions that have it. */
  members: number;
  lastHadMs: number;
  /** Told once it is stored, or will never be; null where it is. */
  waiting: ((refusal: Refused) => void)[] | null;
  /** False while the group is given what is kept from before: nobody gets any of it until all of it is there. */
  isFilled: boolean;
}

export interface Groups {
  /** The group of that name; made where there is none. The caller gives it a pattern, or has it swept. */
  open(name: string): Group | QueueRefusal;
  /** Forgets a group that has no patterns. */
  sweep(group: Group): void;
  /** Groups that have a pattern for a topic. */
  of(topic: readonly string[]): Set<Group>;
  /** What is refused of more patterns. */
  refusePatterns(patterns: readonly Pattern[]): Refused;
  /** Gives a group a pattern that it does not have; nobody has it yet. To be stored, or failed. */
  add(group: Group, pattern: Pattern, since: number, isFilled: boolean): GroupPattern;
  /** Stores patterns that were added, and tells who waits. */
  store(patterns: readonly GroupPattern[]): void;
  /** Patterns that were added will not be: tells who waits, and forgets them. */
  fail(patterns: readonly GroupPattern[], refusal: QueueRefusal): void;
  /** One subscription more has a pattern, and one less. */
  enter(pattern: GroupPattern): void;
  leave(pattern: GroupPattern): void;
  restore(seq: number, record: PatternRecord & { readonly lastHadMs: number | null }): void;
  /** Everything is restored. */
  restored(): void;
  /** Takes patterns from groups that nobody has had for so long. */
  expire(): void;
  /** When the next one is over; infinite where none will be. */
  nextMs(): number;
  readonly size: number;
  /** Raised whenever a group gets or loses a pattern. */
  readonly generation: number;
}

/** Patterns of all groups, and segments of all of them. */
const maxGroupPatterns = 100_000;
const maxGroupSegments = 500_000;

/** `keepMs` is how long a group keeps a pattern that nobody has. */
export function createGroups(engine: Engine, sweeping: Sweeping, maxQueues: number, keepMs: number): Groups {
  const { book, journal, intake, now } = engine;
  const groups = new Map<string, Group>();
  const index = createPatternIndex<Group>();
  /** Patterns that nobody has, as they were left. */
  let unhad = new Set<GroupPattern>();
  let patternCount = 0;
  let segmentCount = 0;
  let generation = 0;

  function open(name: string): Group {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const queue = book.queue(`${groupPrefix}${name}`);
    queue.pins++;
    const group: Group = { name: queue.name.slice(groupPrefix.length), queue, patterns: new Map() };
    groups.set(group.name, group);
    return group;
  }

  function sweep(group: Group): void {
    if (group.patterns.size > 0 || groups.get(group.name) !== group) return;
    groups.delete(group.name);
    group.queue.pins--;
    book.sweep(group.queue);
  }

  function add(group: Group, pattern: Pattern, since: number, isFilled: boolean): GroupPattern {
    const made: GroupPattern = { group, pattern, since, isFilled, seq: 0, members: 0, lastHadMs: now(), waiting: [] };
    group.patterns.set(pattern.text, made);
    index.add(pattern, group);
    patternCount++;
    segmentCount += pattern.segments.length;
    generation++;
    unhad.add(made);
    return made;
  }

  /** Takes patterns from a group, and with them what is left of their topics. */
  function drop(patterns: readonly GroupPattern[]): void {
    const touched = new Set<Group>();
    for (const pattern of patterns) {
      const { group } = pattern;
      if (!isThere(pattern)) continue;
      group.patterns.delete(pattern.pattern.text);
      index.remove(pattern.pattern, group);
      patternCount--;
      segmentCount -= pattern.pattern.segments.length;
      generation++;
      unhad.delete(pattern);
      if (pattern.waiting === null) journal.removed(pattern.seq);
      touched.add(group);
    }
    for (const group of touched) {
      sweeping.clear(group.queue, group.patterns.values());
      sweep(group);
    }
  }

  function tell(pattern: GroupPattern, refusal: Refused): void {
    const { waiting } = pattern;
    pattern.waiting = null;
    pattern.isFilled = true;
    for (const told of waiting ?? []) told(refusal);
  }

  function note({ seq, waiting, members, lastHadMs }: GroupPattern): void {
    if (waiting !== null) return;
    journal.note({ kind: "move", seq, standing: patternStanding(seq, members > 0 ? null : lastHadMs) });
  }

  /** Patterns are on disk. Some may have been taken from their groups meanwhile. */
  function arrive(patterns: readonly GroupPattern[]): void {
    for (const pattern of patterns) {
      tell(pattern, null);
      if (isThere(pattern)) {
        if (pattern.members === 0) note(pattern);
        continue;
      }
      journal.removed(pattern.seq);
      // Another group may have its name, and its queue, by now.
      const { queue, name } = pattern.group;
      sweeping.clear(queue, groups.get(name)?.patterns.values() ?? []);
    }
  }

  function fail(patterns: readonly GroupPattern[], refusal: QueueRefusal): void {
    for (const pattern of patterns) {
      const { waiting } = pattern;
      pattern.waiting = [];
      for (const told of waiting ?? []) told(refusal);
    }
    drop(patterns);
  }

  return {
    sweep,
    add,
    fail,
    open(name) {
      const refusal = groups.has(name) ? null : refuseQueue(book, `${groupPrefix}${name}`, maxQueues);
      return refusal ?? open(name);
    },
    of: (topic) => index.find(topic),
    refusePatterns(patterns) {
      const segments = patterns.reduce((sum, pattern) => sum + pattern.segments.length, 0);
      if (patternCount + patterns.length > maxGroupPatterns) return tooMany("patterns", maxGroupPatterns);
      return segmentCount + segments > maxGroupSegments ? tooMany("segments", maxGroupSegments) : null;
    },
    store(patterns) {
      const records = patterns.map((pattern) => {
        pattern.seq = engine.nextNumber();
        return patternRecord(pattern.seq, { ...pattern, group: pattern.group.name });
      });
      const bytes = records.reduce((sum, { message }) => sum + message.target.length + arrivalBytes, 0);
      const refusal = intake.refuseStore(bytes, bytes);
      if (refusal !== null) return fail(patterns, refusal);
      intake.store([], records, bytes, (refused) => {
        if (refused === null) arrive(patterns);
        else fail(patterns, refused);
      });
    },
    enter(pattern) {
      if (pattern.members++ > 0) return;
      unhad.delete(pattern);
      note(pattern);
    },
    leave(pattern) {
      if (--pattern.members > 0 || !isThere(pattern)) return;
      pattern.lastHadMs = now();
      unhad.add(pattern);
      note(pattern);
    },
    restore(seq, { group, pattern, since, lastHadMs }) {
      const restored = add(open(group), pattern, since, true);
      Object.assign(restored, { seq, waiting: null, lastHadMs: lastHadMs ?? now() });
      if (lastHadMs === null) unhad.delete(restored);
    },
    restored() {
      // Those that somebody had then are had by nobody now: since this moment, as far as anybody knows.
      for (const { patterns } of groups.values()) {
        for (const pattern of patterns.values()) {
          if (unhad.has(pattern)) continue;
          unhad.add(pattern);
          note(pattern);
        }
      }
      unhad = new Set([...unhad].sort((a, b) => a.lastHadMs - b.lastHadMs));
      for (const queue of [...book.queues.values()]) {
        if (!queue.name.startsWith(groupPrefix)) continue;
        const group = groups.get(queue.name.slice(groupPrefix.length));
        sweeping.clear(queue, group?.patterns.values() ?? []);
      }
    },
    expire() {
      const over: GroupPattern[] = [];
      for (const pattern of unhad) {
        if (pattern.lastHadMs + keepMs > now()) break;
        over.push(pattern);
      }
      if (over.length > 0) drop(over);
    },
    nextMs() {
      for (const { lastHadMs } of unhad) return lastHadMs + keepMs;
      return Number.POSITIVE_INFINITY;
    },
    get size() {
      return groups.size;
    },
    get generation() {
      return generation;
    },
  };
}

/** Whether a pattern has not been taken from its group. */
export function isThere(pattern: GroupPattern): boolean {
  return pattern.group.patterns.get(pattern.pattern.text) === pattern;
}

/** What is said where there is one too many of something. */
export function tooMany(limit: string, max: number): QueueRefusal {
  return refuse("topic/too-many", { limit, max });
}
