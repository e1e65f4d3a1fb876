/** Where a message of a queue stands. */
export type MessageState = "ready" | "leased" | "delayed" | "dead";

/** A message as the store keeps it. `seq` orders messages of a queue; the store allots it. */
export interface StoredMessage {
  readonly seq: number;
  readonly id: string;
  readonly state: MessageState;
  /** When a lease, delay or time to live runs out, in ms since the epoch; 0 where nothing does. */
  readonly dueMs: number;
  readonly priority: number;
  readonly attempt: number;
  /** Target, payload, nonce and headers, encoded by the queue engine. Opaque to the store. */
  readonly body: Uint8Array;
}

/** One change of a message's standing, applied in the order given. */
export type Change =
  | { readonly kind: "append"; readonly queue: string; readonly message: StoredMessage }
  | {
      readonly kind: "move";
      readonly queue: string;
      readonly seq: number;
      readonly state: MessageState;
      readonly dueMs: number;
      readonly attempt: number;
    }
  | { readonly kind: "remove"; readonly queue: string; readonly seq: number };

/**
 * Durable memory of queues. Writes are confirmed only when they are on disk; the store groups what arrives
 * together into one commit and never stalls the event loop over it.
 */
export interface QueueStore {
  /** Opens the store and reports what it holds; refuses a format it does not know. */
  open(): Promise<{ readonly queues: readonly string[]; readonly messages: number }>;
  /** Applies changes as one unit. Resolves when they are durable; rejects, with nothing applied, where they cannot be. */
  commit(changes: readonly Change[]): Promise<void>;
  /** Messages of a queue in one state, by `seq`, from `afterSeq` on. */
  load(queue: string, state: MessageState, afterSeq: number, limit: number): Promise<readonly StoredMessage[]>;
  /** The body of one message; `null` where it is gone. */
  body(queue: string, seq: number): Promise<Uint8Array | null>;
  /** Bytes on disk. */
  sizeBytes(): Promise<number>;
  /** Copies the store to a folder while it is in use. */
  backup(folder: string): Promise<void>;
  /** Finishes what is under way and lets go of the files. */
  close(): Promise<void>;
}
