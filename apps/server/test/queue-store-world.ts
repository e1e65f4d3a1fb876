import type { Change, QueueStore, Recovered, Standing, StoredMessage } from "../src/ports/queue-store.ts";

/** A store, not open yet, in surroundings of its own. */
export interface StoreWorld {
  readonly store: QueueStore;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a world whose store may take `maxBytes`. */
export type CreateStoreWorld = (maxBytes: number) => Promise<StoreWorld>;

export const ready: Standing = { state: "ready", attempt: 0, turn: 0, dueMs: 0, expiresMs: 0, cause: null };

/** A message to be appended; whatever is not given is made up from its seq. */
export function append(seq: number, given: Partial<StoredMessage> = {}, standing: Partial<Standing> = {}): Change {
  return {
    kind: "append",
    message: {
      seq,
      queue: "orders",
      target: `{"application":"shop","ops":[],"seq":${seq}}`,
      priority: seq % 10,
      maxAttempts: 20 + seq,
      pushedMs: 1_700_000_000_000 + seq,
      identity: null,
      body: new TextEncoder().encode(`body of ${seq}`),
      ...given,
    },
    standing: { ...ready, turn: seq, ...standing },
  };
}

/** What a store holds, each kind by itself, with the bodies of its messages. */
export interface StoreContent {
  readonly messages: readonly Extract<Recovered, { kind: "message" }>["message"][];
  readonly identities: readonly Extract<Recovered, { kind: "identity" }>[];
  readonly paused: readonly string[];
  readonly bodies: readonly string[];
  readonly lastSeq: number;
}

/** Opens a store and reads all of it back. */
export async function openAndRecover(store: QueueStore): Promise<StoreContent> {
  await store.open();
  return recover(store);
}

export async function recover(store: QueueStore): Promise<StoreContent> {
  const all: Recovered[] = [];
  for await (const page of store.recover()) all.push(...page);
  const messages = all.flatMap((item) => (item.kind === "message" ? [item.message] : []));
  const bodies = await store.read(messages.map(({ seq }) => seq));
  return {
    messages,
    identities: all.filter((item) => item.kind === "identity"),
    paused: all.flatMap((item) => (item.kind === "paused" ? [item.queue] : [])).sort(),
    bodies: bodies.map((body) => Buffer.from(body ?? "gone").toString("latin1")),
    lastSeq: store.lastSeq(),
  };
}

/** Closes a store, and reads back what is there when it is opened again. */
export async function reopen(store: QueueStore): Promise<StoreContent> {
  await store.close();
  return openAndRecover(store);
}
