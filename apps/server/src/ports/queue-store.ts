/** Where a message of a queue stands. */
export type MessageState = "ready" | "leased" | "delayed" | "dead";

/** Why a message is dead: too many attempts, its time to live over, refused by a consumer for good, or not to be read any more. */
export type DeathCause = "attempts" | "expired" | "rejected" | "unreadable";

/** What changes during a message's life. */
export interface Standing {
  readonly state: MessageState;
  /** Deliveries so far. */
  readonly attempt: number;
  /** Its place among messages of one priority: the lower goes first. */
  readonly turn: number;
  /** leased: when the lease ends; delayed: when it becomes ready; dead: when it died; ms since the epoch, 0 where ready. */
  readonly dueMs: number;
  /** When its time to live is over, in ms since the epoch; 0 where it has none. */
  readonly expiresMs: number;
  /** Where dead. */
  readonly cause: DeathCause | null;
}

/** What stays the same during a message's life. */
export interface StoredMessage {
  /** Unique in the store, never used twice, and growing from message to message. A whole number below 2^53. */
  readonly seq: number;
  readonly queue: string;
  /** The query that says who may take it, as JSON text. */
  readonly target: string;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly pushedMs: number;
  /** The id by which pushes of it are known as one, and until when; `null` where it has none. */
  readonly identity: { readonly id: string; readonly untilMs: number } | null;
  /** Payload, nonce and headers, encoded by the queue engine; opaque to the store, which checks that it is whole. */
  readonly body: Uint8Array;
}

/** One change. Those of a commit are applied in the order given. */
export type Change =
  /** A new message. Its `seq` is greater than that of any message before. */
  | { readonly kind: "append"; readonly message: StoredMessage; readonly standing: Standing }
  | { readonly kind: "move"; readonly seq: number; readonly standing: Standing }
  /** The message goes, its identity stays. */
  | { readonly kind: "remove"; readonly seq: number }
  /** The identity of a message is over; the message itself may be gone already. */
  | { readonly kind: "forget"; readonly seq: number }
  /** Whether a queue gives nothing out. */
  | { readonly kind: "pause"; readonly queue: string; readonly paused: boolean };

/** A message as recovery reads it back: without its body, whose size it tells. */
export interface RecoveredMessage extends Omit<StoredMessage, "body" | "identity"> {
  readonly standing: Standing;
  readonly bodyBytes: number;
}

/** What recovery reads back. */
export type Recovered =
  | { readonly kind: "message"; readonly message: RecoveredMessage }
  | {
      readonly kind: "identity";
      readonly seq: number;
      readonly queue: string;
      readonly id: string;
      readonly untilMs: number;
    }
  | { readonly kind: "paused"; readonly queue: string };

/** Why a store cannot be used: what the `StoreError` (kernel/store-error.ts) says that a store rejects with. */
export type StoreFault =
  /** Another server has it open. */
  | "locked"
  /** It was written by a version whose format this one does not know. */
  | "format"
  /** What is on disk is not what was written. */
  | "damaged"
  /** The disk is full. Later commits may succeed. */
  | "full"
  /** It takes all that it may of the disk. Later commits may succeed. */
  | "bound"
  /** There is a backup of that name. */
  | "taken"
  /** It does not do such a thing. */
  | "unsupported"
  /** Anything else that the operating system says. Later commits may succeed. */
  | "io";

/**
 * Durable memory of queues. A commit is confirmed only when it is on disk, and never stalls the event loop; its caller
 * makes groups, and has one commit under way at a time.
 */
export interface QueueStore {
  /** Opens it, alone. @throws StoreError `locked`, `format`, `damaged` or `io` */
  open(): Promise<void>;
  /**
   * What it holds, in pages so that the event loop breathes between them: messages by `seq`, identities by `seq`, and
   * queues that are paused, each kind apart. Called once, before the first commit. @throws StoreError `damaged`
   */
  recover(): AsyncIterable<readonly Recovered[]>;
  /** The greatest `seq` that was ever appended, 0 where none was. */
  lastSeq(): number;
  /**
   * Applies changes as one unit. Resolves when they are on disk; rejects with nothing applied. The bodies are the
   * store's to read until then. @throws StoreError `bound`, `full` or `io`
   */
  commit(changes: readonly Change[]): Promise<void>;
  /** Bodies of messages, in the order asked; `null` where one is gone. They are the caller's. @throws StoreError `damaged`; `io` where it cannot be read now */
  read(seqs: readonly number[]): Promise<readonly (Uint8Array | null)[]>;
  /** What it takes of the disk in bytes, that which is free for reuse left out. Cheap. */
  usedBytes(): number;
  /** Copies it while it is in use; `name` is a plain file name. Resolves with where the copy is and its size. @throws StoreError `taken`, `unsupported`, `full` or `io` */
  backup(name: string): Promise<{ readonly path: string; readonly bytes: number }>;
  /** Finishes what is under way and lets go of it. */
  close(): Promise<void>;
}
