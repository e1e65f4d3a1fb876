import { StoreError } from "../../kernel/store-error.ts";
import type { Change, QueueStore, Recovered, Standing, StoredMessage } from "../../ports/queue-store.ts";

export interface MemoryQueueStoreOptions {
  /** Bytes that it may take; commits with messages that go beyond are refused as `bound`. @default no bound */
  readonly maxBytes?: number;
}

/** A queue store that forgets when the process ends. What was committed is there again after `close` and `open`. */
export interface MemoryQueueStore extends QueueStore {
  /** Closes it as a crash would: commits under way are dropped, and reject with `io`. */
  crash(): void;
}

interface Entry {
  readonly message: StoredMessage;
  standing: Standing;
}

interface Identity {
  readonly queue: string;
  readonly id: string;
  readonly untilMs: number;
}

const pageSize = 1000;
/** What a message or an identity takes beside its texts and its body, about. */
const overheadBytes = 64;

/** Makes an empty store. */
export function createMemoryQueueStore({ maxBytes = Infinity }: MemoryQueueStoreOptions = {}): MemoryQueueStore {
  const entries = new Map<number, Entry>();
  const identities = new Map<number, Identity>();
  const paused = new Set<string>();
  let lastSeq = 0;
  let usedBytes = 0;
  /** Which opening it is in, 0 where it is closed: a commit of an earlier one is known by it. */
  let opening = 0;
  let openings = 0;
  let lastCommit: Promise<void> = Promise.resolve();

  async function commit(changes: readonly Change[]): Promise<void> {
    const begunIn = opening;
    await null;
    if (begunIn === 0 || begunIn !== opening) throw new StoreError("io", "The queue store is closed.");
    const addedBytes = changes.reduce((sum, change) => sum + appendedBytes(change), 0);
    if (addedBytes > 0 && usedBytes + addedBytes > maxBytes)
      throw new StoreError("bound", `The queues take all of the ${maxBytes} bytes that they may.`);
    for (const change of changes) apply(change);
  }

  function apply(change: Change): void {
    switch (change.kind) {
      case "append": {
        const { message } = change;
        const body = Uint8Array.from(message.body);
        entries.set(message.seq, { message: { ...message, body }, standing: change.standing });
        if (message.identity !== null) identities.set(message.seq, { queue: message.queue, ...message.identity });
        lastSeq = Math.max(lastSeq, message.seq);
        usedBytes += appendedBytes(change);
        return;
      }
      case "move": {
        const entry = entries.get(change.seq);
        if (entry !== undefined) entry.standing = change.standing;
        return;
      }
      case "remove": {
        const entry = entries.get(change.seq);
        if (entry === undefined) return;
        entries.delete(change.seq);
        usedBytes -= messageBytes(entry.message);
        return;
      }
      case "forget": {
        const identity = identities.get(change.seq);
        if (identity === undefined) return;
        identities.delete(change.seq);
        usedBytes -= identityBytes(identity);
        return;
      }
      case "pause":
        if (change.paused) paused.add(change.queue);
        else paused.delete(change.queue);
    }
  }

  async function* recover(): AsyncGenerator<readonly Recovered[]> {
    yield* pages([...entries.values()], ({ message, standing }) => {
      const { body, identity: _, ...rest } = message;
      return { kind: "message", message: { ...rest, standing, bodyBytes: body.byteLength } };
    });
    yield* pages([...identities], ([seq, identity]) => ({ kind: "identity", seq, ...identity }));
    yield* pages([...paused], (queue) => ({ kind: "paused", queue }));
  }

  return {
    recover,
    async open() {
      if (opening !== 0) throw new StoreError("locked", "The queue store is open already.");
      opening = ++openings;
    },
    lastSeq: () => lastSeq,
    commit(changes) {
      const done = commit(changes);
      lastCommit = done.catch(() => undefined);
      return done;
    },
    async read(seqs) {
      return seqs.map((seq) => {
        const entry = entries.get(seq);
        return entry === undefined ? null : Uint8Array.from(entry.message.body);
      });
    },
    usedBytes: () => usedBytes,
    async backup() {
      throw new StoreError("unsupported", "The queues are kept in memory: there is nothing on disk to copy.");
    },
    async close() {
      await lastCommit;
      opening = 0;
    },
    crash() {
      opening = 0;
    },
  };
}

function* pages<Item>(items: readonly Item[], recovered: (item: Item) => Recovered): Generator<readonly Recovered[]> {
  for (let at = 0; at < items.length; at += pageSize) yield items.slice(at, at + pageSize).map(recovered);
}

function appendedBytes(change: Change): number {
  if (change.kind !== "append") return 0;
  const { identity, queue } = change.message;
  return messageBytes(change.message) + (identity === null ? 0 : identityBytes({ queue, ...identity }));
}

function messageBytes({ queue, target, body }: StoredMessage): number {
  return overheadBytes + queue.length + target.length + body.byteLength;
}

function identityBytes({ queue, id }: Identity): number {
  return overheadBytes + queue.length + id.length;
}
