/** Groups and what is owed to them, as docs/protocol/topic.md says it, for a handful of messages. */
import { expect } from "vitest";
import { isMatch, parsePattern } from "./pattern.ts";
import { ackMs, type Delivered, groupMs, retainMs } from "./topics.kit.ts";

interface ModelPattern {
  /** By client. */
  readonly members: Set<string>;
  lastHadMs: number;
  /** Publications from this one on have come to the group by it. */
  since: number;
}

/** One message for one group. */
interface Copy {
  attempt: number;
  holder: string | null;
  /** When its lease or its delay ends. */
  dueMs: number;
  /** It never comes again. */
  isOver: boolean;
  /** A crash may have lost its last attempts. */
  isVague: boolean;
}

interface Publication {
  readonly token: number;
  readonly topic: string;
  readonly publishedMs: number;
  isConfirmed: boolean;
  isKept: boolean;
  /** A crash may have lost it. */
  isVague: boolean;
}

/** What a group is to get of one publication. */
interface Due {
  readonly copies: Map<string, Copy>;
  /** How many copies there are. */
  count: number;
  /** Where a crash came in between, there may be fewer. */
  isVague: boolean;
}

const isVolatile = (topic: string): boolean => topic.startsWith("memory.");
const covers = (pattern: string, topic: string): boolean => isMatch(parsePattern(pattern)!, topic.split("."));

export function createTopicModel(now: () => number) {
  const groups = new Map<string, Map<string, ModelPattern>>();
  const publications: Publication[] = [];
  /** By group, by token. */
  const dues = new Map<string, Map<number, Due>>();

  const patternsOf = (group: string): Map<string, ModelPattern> => {
    if (!groups.has(group)) groups.set(group, new Map());
    return groups.get(group)!;
  };

  const dueOf = (group: string, token: number): Due => {
    if (!dues.has(group)) dues.set(group, new Map());
    const own = dues.get(group)!;
    if (!own.has(token)) own.set(token, { copies: new Map(), count: 0, isVague: false });
    return own.get(token)!;
  };

  function* everyDue(): Iterable<{ group: string; token: number; due: Due }> {
    for (const [group, own] of dues) for (const [token, due] of own) yield { group, token, due };
  }

  function* everyCopy(): Iterable<Copy> {
    for (const { due } of everyDue()) yield* due.copies.values();
  }

  /** What has not been seen of it will not be, and what has been is over. */
  function end(due: Due): void {
    for (const copy of due.copies.values()) copy.isOver = true;
    due.count = due.copies.size;
  }

  function* everyPattern(): Iterable<{ group: string; text: string; pattern: ModelPattern }> {
    for (const [group, own] of groups) for (const [text, pattern] of own) yield { group, text, pattern };
  }

  const isOver = ({ members, lastHadMs }: ModelPattern): boolean => members.size === 0 && lastHadMs + groupMs <= now();

  return {
    publications,
    /** How many groups a publication comes to. */
    publish(topic: string): { readonly publication: Publication; readonly groupCount: number } {
      const publication = {
        token: publications.length,
        topic,
        publishedMs: now(),
        isConfirmed: false,
        isKept: true,
        isVague: false,
      };
      publications.push(publication);
      const having = [...groups].filter(([, own]) => [...own.keys()].some((text) => covers(text, topic)));
      for (const [group] of having) dueOf(group, publication.token).count++;
      return { publication, groupCount: having.length };
    },
    subscribe(client: string, group: string, texts: readonly string[], fromEarliest: boolean): void {
      const own = patternsOf(group);
      const others = [...own];
      const fresh = texts.filter((text) => !own.has(text));
      for (const text of texts) {
        const since = fromEarliest ? 0 : publications.length;
        if (!own.has(text)) own.set(text, { members: new Set(), lastHadMs: now(), since });
        own.get(text)!.members.add(client);
      }
      if (!fromEarliest) return;
      for (const { token, topic, publishedMs, isKept, isVague } of publications) {
        const hasHad = others.some(([text, { since }]) => since <= token && covers(text, topic));
        const isThere = isKept && publishedMs + retainMs > now();
        if (!isThere || hasHad || !fresh.some((text) => covers(text, topic))) continue;
        const due = dueOf(group, token);
        due.count++;
        due.isVague ||= isVague;
      }
    },
    leavePatterns(client: string, only: (group: string, text: string) => boolean): void {
      for (const { group, text, pattern } of everyPattern()) {
        if (only(group, text) && pattern.members.delete(client) && pattern.members.size === 0)
          pattern.lastHadMs = now();
      }
    },
    /** A client can say nothing more. */
    release(client: string): void {
      for (const copy of everyCopy()) if (copy.holder === client) Object.assign(copy, { holder: null, dueMs: 0 });
    },
    /** Events that a client has, or had last. */
    held(client: string): readonly { readonly id: string; readonly copy: Copy }[] {
      const found: { id: string; copy: Copy }[] = [];
      for (const { due } of everyDue()) {
        for (const [id, copy] of due.copies) if (copy.holder === client && !copy.isOver) found.push({ id, copy });
      }
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    /** An event was handed over. */
    deliver(client: string, event: Delivered, isUnacked: boolean): void {
      const { id, group, topic, attempt } = event;
      const token = event.payload as number;
      const due = dueOf(group, token);
      expect(topic).toBe(publications[token]!.topic);
      const texts = [...patternsOf(group)].filter(([, { members }]) => members.has(client)).map(([text]) => text);
      expect(texts.some((text) => covers(text, topic))).toBe(true);
      const known = due.copies.get(id);
      const copy = known ?? { attempt: 0, holder: null, dueMs: 0, isOver: false, isVague: false };
      if (known === undefined) due.copies.set(id, copy);
      expect(due.copies.size).toBeLessThanOrEqual(due.count);
      expect(copy.isOver).toBe(false);
      // Nobody else has it: its lease is over, or it was given back.
      if (copy.holder !== null) expect(copy.dueMs).toBeLessThanOrEqual(now());
      if (copy.isVague) expect(attempt).toBeLessThanOrEqual(copy.attempt + 1);
      else expect(attempt).toBe(copy.attempt + 1);
      Object.assign(copy, { attempt, holder: client, dueMs: now() + ackMs, isOver: isUnacked, isVague: false });
    },
    /** When a lease, a delay, or a pattern that nobody has is over. */
    nextMs(): number {
      let nextMs = Number.POSITIVE_INFINITY;
      for (const { isOver: gone, dueMs } of everyCopy()) if (!gone && dueMs > now()) nextMs = Math.min(nextMs, dueMs);
      for (const { pattern } of everyPattern()) {
        if (pattern.members.size === 0) nextMs = Math.min(nextMs, pattern.lastHadMs + groupMs);
      }
      return nextMs;
    },
    expire(): void {
      for (const { group, text, pattern } of [...everyPattern()]) if (isOver(pattern)) patternsOf(group).delete(text);
      for (const { group, token, due } of everyDue()) {
        const { topic } = publications[token]!;
        if (![...patternsOf(group).keys()].some((text) => covers(text, topic))) end(due);
      }
    },
    /** The server has ended and begun anew; `isLossy` tells of what a crash may have lost. */
    restart(isCrash: boolean, isLossy: (group: string, topic: string) => boolean): void {
      for (const publication of publications) {
        if (isVolatile(publication.topic)) publication.isKept = false;
        else if (isCrash && !publication.isConfirmed) publication.isVague = true;
      }
      for (const { group, token, due } of everyDue()) {
        const { topic, isConfirmed } = publications[token]!;
        if (isVolatile(topic)) {
          end(due);
          due.copies.clear();
          due.count = 0;
          continue;
        }
        if (isCrash && (!isConfirmed || isLossy(group, topic))) due.isVague = true;
        for (const copy of due.copies.values()) {
          Object.assign(copy, { holder: null, dueMs: 0, isVague: copy.isVague || isCrash });
        }
      }
      for (const { pattern } of everyPattern()) {
        if (pattern.members.size > 0) pattern.lastHadMs = now();
        pattern.members.clear();
      }
    },
    /** What was acknowledged, and not surely stored, may come again. */
    reopenAll(): void {
      for (const copy of everyCopy()) Object.assign(copy, { isOver: false, isVague: true });
    },
    groups: (): string[] => [...groups.keys()].filter((group) => patternsOf(group).size > 0),
    texts: (group: string): string[] => [...patternsOf(group).keys()],
    /** Everything has been handed over that there is. */
    expectAll(): void {
      for (const { group, token, due } of everyDue()) {
        if (!due.isVague) expect([group, token, due.copies.size]).toEqual([group, token, due.count]);
      }
    },
  };
}
