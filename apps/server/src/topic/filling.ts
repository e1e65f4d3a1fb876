import type { Clock } from "../ports/clock.ts";
import type { Engine } from "../queue/engine.ts";
import { arrivalBytes, full, type Incoming, refuseBy } from "../queue/intake.ts";
import { type Refused, refuse } from "../queue/queues.ts";
import { readBodies } from "../queue/store-reading.ts";
import { readTerms } from "../queue/topic-lane.ts";
import type { Router } from "../router/router.ts";
import type { Answers } from "./answers.ts";
import type { Copying } from "./copying.ts";
import { type Group, type GroupPattern, type Groups, isThere } from "./groups.ts";
import { type Keeping, memoryBytesOf } from "./keeping.ts";
import { createPatternIndex } from "./pattern-index.ts";
import type { Retained } from "./retention.ts";
import type { TopicLimits } from "./topics.ts";

export interface FillingOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly router: Router;
  readonly groups: Groups;
  readonly keeping: Keeping;
  readonly copying: Copying;
  readonly answers: Answers;
  readonly limits: Pick<TopicLimits, "maxDiskBytes" | "maxTopicMemoryBytes">;
}

/** Gives a group what is kept of topics of which it gets patterns that it did not have ([TO-4]), then stores the patterns. */
export type Fill = (group: Group, patterns: readonly GroupPattern[], before: number) => void;

/** Messages copied in one go, and about how many bytes of them. */
const maxPage = 64;
const maxPageBytes = 1024 * 1024;
/** Time to copy at a stretch: what need not be read from a disk would hold up everybody else. */
const stretchMs = 2;

/** What was published before the number `before` is given by this; what came later has come of itself. */
export function createFill(options: FillingOptions): Fill {
  const { engine, clock, router, groups, keeping, copying, answers } = options;
  const { maxDiskBytes, maxTopicMemoryBytes } = options.limits;
  const { intake, journal, memory, changed } = engine;

  /** What the group is to get: not what it has had by another pattern. */
  function choose(group: Group, patterns: readonly GroupPattern[], before: number): Retained[] {
    const wanted = createPatternIndex<null>();
    for (const { pattern } of patterns) wanted.add(pattern, null);
    const others = createPatternIndex<GroupPattern>();
    const added = new Set(patterns);
    for (const other of group.patterns.values()) if (!added.has(other)) others.add(other.pattern, other);
    const hadSince = new Map<string, number>();
    const found = keeping.collect((topic) => wanted.covers(topic.split(".")));
    return found.filter(({ seq, topic }) => {
      if (!hadSince.has(topic)) hadSince.set(topic, earliest(others.find(topic.split("."))));
      return seq < before && seq < hadSince.get(topic)!;
    });
  }

  async function fill(group: Group, patterns: readonly GroupPattern[], before: number): Promise<Refused> {
    const messages = choose(group, patterns, before);
    let untilMs = clock.elapsed() + stretchMs;
    for (let at = 0; at < messages.length && patterns.some(isThere); ) {
      if (clock.elapsed() > untilMs) {
        await new Promise<void>((resolve) => void clock.after(0, resolve));
        untilMs = clock.elapsed() + stretchMs;
      }
      const page = takePage(messages, at);
      at += page.length;
      const refusal = await enter(group, page);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  async function enter(group: Group, page: readonly Retained[]): Promise<Refused> {
    const stored = page.filter(({ body }) => body === null).map(({ seq }) => seq);
    const read = new Map((await readBodies(memory, stored)).map(({ body }, i) => [stored[i]!, body]));
    const copies: Incoming[] = [];
    for (const message of page) {
      const body = message.body ?? read.get(message.seq) ?? null;
      // It was dropped meanwhile, or cannot be read.
      if (body === null) continue;
      const { target, publishedMs, seq } = message;
      const terms = readTerms(group.queue.name, target, router);
      const made = copying.copy({ target, terms, body, publishedMs }, [group], seq);
      if ("ok" in made) {
        copying.discard(copies);
        return made;
      }
      copies.push(...made);
      for (const copy of made) answers.addCopy(seq, copy.seq, group.name);
    }
    return store(copies);
  }

  function store(copies: readonly Incoming[]): Promise<Refused> {
    const durable = copies.filter(({ lane }) => !lane.isVolatile);
    const fleeting = copies.filter(({ lane }) => lane.isVolatile);
    const bytes = durable.reduce((sum, copy) => sum + copy.bytes + arrivalBytes, 0);
    const hasRoom = keeping.makeRoom(fleeting.reduce((sum, { body }) => sum + memoryBytesOf(body), 0));
    const refusal = hasRoom ? intake.refuseStore(bytes, bytes) : full("memory_bytes", maxTopicMemoryBytes);
    if (refusal !== null) {
      copying.discard(copies);
      return Promise.resolve(refusal);
    }
    intake.admit(fleeting);
    changed();
    if (durable.length === 0) return Promise.resolve(null);
    return new Promise((resolve) => intake.store(durable, [], bytes, resolve));
  }

  return (group, patterns, before) => {
    // What is on its way to the disk is kept only once it is there.
    journal.afterwards((error) => {
      if (error !== null) return groups.fail(patterns, refuseBy(error, maxDiskBytes));
      fill(group, patterns, before).then(
        (refusal) => (refusal === null ? groups.store(patterns) : groups.fail(patterns, refusal)),
        (fault) => groups.fail(patterns, refuse("queue/unavailable", { message: String(fault) })),
      );
    });
  };
}

/** From which number on a group has had what any of some patterns matches; infinite where there are none. */
function earliest(patterns: Iterable<GroupPattern>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { since } of patterns) first = Math.min(first, since);
  return first;
}

function takePage(messages: readonly Retained[], from: number): Retained[] {
  const page: Retained[] = [];
  let bytes = 0;
  for (let at = from; at < messages.length && page.length < maxPage && bytes < maxPageBytes; at++) {
    page.push(messages[at]!);
    bytes += messages[at]!.bytes;
  }
  return page;
}
