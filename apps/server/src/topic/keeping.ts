import type { RecoveredMessage } from "../ports/queue-store.ts";
import type { Engine } from "../queue/engine.ts";
import { volatileBytes } from "../queue/memory-bodies.ts";
import { readRetained } from "./records.ts";
import { createRetention, type Retained } from "./retention.ts";
import type { TopicLimits } from "./topics.ts";

/** What is kept of topics for groups to come: of durable ones in the store, of memory topics in memory. */
export interface Keeping {
  /** False where nothing is kept. */
  readonly isOn: boolean;
  add(message: Retained): void;
  /** Makes room for messages of memory topics, of what is kept of others; false where there is none. */
  makeRoom(bytes: number): boolean;
  /** Those of all topics that are wanted, in the order published. */
  collect(wanted: (topic: string) => boolean): Retained[];
  restore(record: RecoveredMessage): void;
  restored(): void;
  expire(): void;
  nextMs(): number;
  readonly size: number;
  /** What messages of memory topics take, those in queues too. */
  readonly memoryBytes: number;
}

/** The share of the disk that may be used for it: one part of so many. */
const diskShare = 4;

export function createKeeping({ journal, memory, now }: Engine, limits: TopicLimits): Keeping {
  const { maxTopicRetained: maxPerTopic, topicRetainMs: retainMs, maxTopicMemoryBytes, maxDiskBytes } = limits;
  const durable = createRetention({
    maxPerTopic,
    retainMs,
    maxBytes: maxDiskBytes / diskShare,
    dropped: ({ seq }) => journal.removed(seq),
  });
  const inMemory = createRetention({ maxPerTopic, retainMs, maxBytes: maxTopicMemoryBytes, dropped() {} });
  const memoryBytes = (): number => memory.bytes + inMemory.bytes;
  let restoring: Retained[] = [];

  function expire(): void {
    durable.expire(now());
    inMemory.expire(now());
  }

  return {
    isOn: maxPerTopic > 0 && retainMs > 0,
    expire,
    add: (message) => (message.body === null ? durable : inMemory).add(message),
    makeRoom(bytes) {
      while (memoryBytes() + bytes > maxTopicMemoryBytes) if (!inMemory.dropOldest()) return false;
      return true;
    },
    collect(wanted) {
      expire();
      return [...durable.collect(wanted), ...inMemory.collect(wanted)].sort((a, b) => a.seq - b.seq);
    },
    restore: (record) => void restoring.push(readRetained(record)),
    restored() {
      for (const message of restoring) durable.add(message);
      restoring = [];
      expire();
    },
    nextMs: () => Math.min(durable.nextMs(), inMemory.nextMs()),
    get size() {
      return durable.size + inMemory.size;
    },
    get memoryBytes() {
      return memoryBytes();
    },
  };
}

/** What a message of a memory topic takes. */
export function memoryBytesOf(body: Uint8Array): number {
  return body.byteLength + volatileBytes;
}
