/** A message that is kept for groups to come. */
export interface Retained {
  /** Its number: that of its publication. */
  readonly seq: number;
  readonly topic: string;
  /** The target of its lanes. */
  readonly target: string;
  readonly publishedMs: number;
  readonly bytes: number;
  /** Its content, where it is in memory alone. */
  readonly body: Uint8Array | null;
}

/** Messages kept by topic, within bounds: what goes beyond one drops the oldest. */
export interface Retention {
  add(message: Retained): void;
  /** Drops the oldest one; false where there is none. */
  dropOldest(): boolean;
  /** Drops those that are over. */
  expire(nowMs: number): void;
  /** When the oldest one is over; infinite where there is none. */
  nextMs(): number;
  /** Those of all topics that are wanted, by number. */
  collect(wanted: (topic: string) => boolean): Retained[];
  readonly size: number;
  readonly bytes: number;
}

export interface RetentionOptions {
  readonly maxPerTopic: number;
  readonly retainMs: number;
  readonly maxBytes: number;
  /** Told of a message that is dropped. */
  readonly dropped: (message: Retained) => void;
}

/** Topics of which messages are kept, messages of all of them, and the length of their queries, which are in memory. */
const maxTopics = 10_000;
const maxMessages = 1_000_000;
const maxQueryLengths = 64 * 1024 * 1024;

/** The messages of one topic from the head on, which are cut off the list when there are so many. */
interface Log {
  entries: Entry[];
  head: number;
}

/** One among all messages, by age. */
interface Entry {
  readonly message: Retained;
  older: Entry | null;
  newer: Entry | null;
}

export function createRetention({ maxPerTopic, retainMs, maxBytes, dropped }: RetentionOptions): Retention {
  const logs = new Map<string, Log>();
  let oldest: Entry | null = null;
  let newest: Entry | null = null;
  let size = 0;
  let bytes = 0;
  let queryLengths = 0;

  /** Drops the oldest of a topic. */
  function dropFirst(topic: string): void {
    const log = logs.get(topic)!;
    const entry = log.entries[log.head++]!;
    if (log.head === log.entries.length) logs.delete(topic);
    else if (log.head > 64 && log.head * 2 > log.entries.length) {
      log.entries = log.entries.slice(log.head);
      log.head = 0;
    }
    if (entry.older === null) oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) newest = entry.older;
    else entry.newer.older = entry.older;
    size--;
    bytes -= entry.message.bytes;
    queryLengths -= queryLength(entry.message);
    dropped(entry.message);
  }

  function dropOldest(): boolean {
    // Of every topic the oldest goes first, so the oldest of all is the first of its own.
    if (oldest !== null) dropFirst(oldest.message.topic);
    return oldest !== null;
  }

  function isTooMuch(): boolean {
    return logs.size > maxTopics || size > maxMessages || bytes > maxBytes || queryLengths > maxQueryLengths;
  }

  return {
    dropOldest,
    add(message) {
      const { topic } = message;
      const entry: Entry = { message, older: newest, newer: null };
      if (newest === null) oldest = entry;
      else newest.newer = entry;
      newest = entry;
      size++;
      bytes += message.bytes;
      queryLengths += queryLength(message);
      const log = logs.get(topic);
      if (log === undefined) logs.set(topic, { entries: [entry], head: 0 });
      else log.entries.push(entry);
      if (log !== undefined && log.entries.length - log.head > maxPerTopic) dropFirst(topic);
      while (size > 1 && isTooMuch()) dropOldest();
    },
    expire(nowMs) {
      while (oldest !== null && oldest.message.publishedMs + retainMs <= nowMs) dropOldest();
    },
    nextMs: () => (oldest === null ? Number.POSITIVE_INFINITY : oldest.message.publishedMs + retainMs),
    collect(wanted) {
      const found: Retained[] = [];
      for (const [topic, { entries, head }] of logs) {
        if (wanted(topic)) for (let i = head; i < entries.length; i++) found.push(entries[i]!.message);
      }
      return found.sort((a, b) => a.seq - b.seq);
    },
    get size() {
      return size;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** What a target takes beyond its topic. */
function queryLength({ target, topic }: Retained): number {
  return target.length - topic.length;
}
